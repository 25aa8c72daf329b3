/** The part of @observablehq/runtime that we use; the package ships no types. */
declare module "@observablehq/runtime" {
  export class Runtime {
    constructor(builtins?: Readonly<Record<string, unknown>>, global?: (name: string) => unknown);
    module(): Module;
    dispose(): void;
  }
  export interface Module {
    variable(observer?: Observer): Variable;
  }
  export interface Observer {
    pending?(): void;
    fulfilled?(value: unknown): void;
    rejected?(error: unknown): void;
  }
  export interface Variable {
    define(
      name: string | null, inputs: readonly string[],
      definition: (...inputs: never[]) => unknown,
    ): Variable;
    import(remote: string, name: string, module: Module): Variable;
    delete(): Variable;
  }
  export class RuntimeError extends Error {
    constructor(message: string, input?: string);
    readonly input?: string;
  }
}
