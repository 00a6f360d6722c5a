// What `/-/assets/preact.js` is: for editors and type checks alone, since the
// page gets the package's own file (see assets.ts).
export * from "npm:htm@3/preact/standalone";
