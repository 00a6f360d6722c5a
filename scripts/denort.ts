/**
 * The platforms that binaries are made for, and which of them a runtime (a
 * `denort` file, as `DENORT_BIN` names it) is for. Pure.
 *
 * @example
 * ```ts
 * import { readRuntimeTarget, TARGETS } from "./denort.ts";
 *
 * console.log(TARGETS.length); // 5
 * console.log(readRuntimeTarget(new TextEncoder().encode("#!/bin/sh"))); // undefined
 * ```
 *
 * @module
 */

/** The platforms that binaries are made for, as `deno compile` calls them. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** One platform: processor, vendor, operating system, C library. */
export type Target = typeof TARGETS[number];

/**
 * How much of a file's start {@link readRuntimeTarget} needs, in bytes. Ample:
 * ELF and Mach-O name the machine within the first 20 bytes, PE right behind a
 * DOS program of some hundred bytes.
 */
export const RUNTIME_HEADER_BYTES = 4096;

/** `e_machine` of the ELF header (System V ABI). */
const ELF_MACHINES: ReadonlyMap<number, Target> = new Map([
  [62, "x86_64-unknown-linux-gnu"],
  [183, "aarch64-unknown-linux-gnu"],
]);

/** `EI_OSABI` of Linux programs: System V, or GNU. */
const LINUX_ABIS: readonly number[] = [0, 3];

/** `cputype` of the Mach-O header (`mach/machine.h`). */
const MACHO_CPUS: ReadonlyMap<number, Target> = new Map([
  [0x01000007, "x86_64-apple-darwin"],
  [0x0100000c, "aarch64-apple-darwin"],
]);

/** `Machine` of the COFF header (Microsoft's PE format). */
const PE_MACHINES: ReadonlyMap<number, Target> = new Map([
  [0x8664, "x86_64-pc-windows-msvc"],
]);

/** First four bytes, read as a big-endian number. */
const ELF_MAGIC = 0x7f454c46;
const MACHO_64_MAGIC = 0xcffaedfe;
const PE_MAGIC = 0x50450000;

/** First two bytes of a DOS program, "MZ". */
const DOS_MAGIC = 0x4d5a;

/** Where a DOS program says at which byte its PE header starts. */
const PE_OFFSET_AT = 0x3c;

/**
 * Reads which platform a runtime is for.
 *
 * @param header The file's first {@link RUNTIME_HEADER_BYTES} bytes, or all of
 *   a shorter file.
 * @returns The platform, or `undefined` if the file is no 64-bit program for
 *   one of {@link TARGETS}.
 */
export function readRuntimeTarget(header: Uint8Array): Target | undefined {
  const view = new DataView(
    header.buffer,
    header.byteOffset,
    header.byteLength,
  );
  if (view.byteLength < PE_OFFSET_AT + 4) return undefined;
  const magic = view.getUint32(0);
  if (magic === ELF_MAGIC) return readElfTarget(view);
  if (magic === MACHO_64_MAGIC) return MACHO_CPUS.get(view.getUint32(4, true));
  if (view.getUint16(0) === DOS_MAGIC) return readPeTarget(view);
  return undefined;
}

function readElfTarget(view: DataView): Target | undefined {
  const is64Bit = view.getUint8(4) === 2;
  const isLittleEndian = view.getUint8(5) === 1;
  const isLinux = LINUX_ABIS.includes(view.getUint8(7));
  return is64Bit && isLittleEndian && isLinux
    ? ELF_MACHINES.get(view.getUint16(18, true))
    : undefined;
}

function readPeTarget(view: DataView): Target | undefined {
  const offset = view.getUint32(PE_OFFSET_AT, true);
  if (offset + 6 > view.byteLength) return undefined;
  if (view.getUint32(offset) !== PE_MAGIC) return undefined;
  return PE_MACHINES.get(view.getUint16(offset + 4, true));
}
