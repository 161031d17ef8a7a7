// A bundler of Workers makes a module of a wasm file.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
