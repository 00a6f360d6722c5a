/**
 * uPlot, as a file of its own: it is loaded once the first values are there.
 *
 * @module
 */

export { default } from "npm:uplot@1";
