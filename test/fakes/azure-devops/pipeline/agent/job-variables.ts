import { expandMacros } from './macros.ts';
import type { SecretMasker } from './secret-masker.ts';

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly secret?: boolean;
  readonly readonly?: boolean;
}

/** Of values of variables that name others. */
const maxDepth = 50;

/** The variables of a job: names whatever their case, values expanded with those of other variables. */
export class JobVariables {
  readonly #variables = new Map<string, Variable>();
  readonly #masker: SecretMasker;

  constructor(masker: SecretMasker) {
    this.#masker = masker;
  }

  set(variable: Variable): void {
    if (variable.secret) this.#masker.add(variable.value);
    this.#variables.set(variable.name.toLowerCase(), variable);
  }

  isReadonly(name: string): boolean {
    return this.#variables.get(name.toLowerCase())?.readonly ?? false;
  }

  /** With the macros in its value expanded, those of secrets too, which makes the whole of it one. */
  readonly get = (name: string): string | undefined => {
    const variable = this.#variables.get(name.toLowerCase());
    if (variable === undefined) return undefined;
    const value = this.#expanded(variable, []);
    if (this.#isSecret(variable, [])) this.#masker.add(value);
    return value;
  };

  /** Without secrets, which no process gets unless a step hands them over. */
  public(): readonly (readonly [name: string, value: string])[] {
    return [...this.#variables.values()]
      .filter((variable) => !this.#isSecret(variable, []))
      .map((variable) => [variable.name, this.#expanded(variable, [])]);
  }

  /** All of them, as expressions see them. */
  all(): ReadonlyMap<string, string> {
    return new Map([...this.#variables.values()].map((one) => [one.name, this.#expanded(one, [])]));
  }

  #expanded(variable: Variable, path: readonly Variable[]): string {
    if (path.length >= maxDepth || path.includes(variable)) throw new CircularVariable();
    try {
      return expandMacros(variable.value, (name) => {
        const other = this.#variables.get(name.toLowerCase());
        return other && this.#expanded(other, [...path, variable]);
      });
    } catch (error) {
      if (error instanceof CircularVariable && path.length === 0) return variable.value;
      throw error;
    }
  }

  #isSecret(variable: Variable, path: readonly Variable[]): boolean {
    if (variable.secret) return true;
    if (path.includes(variable)) return false;
    return [...variable.value.matchAll(/\$\(([^)]*)\)/g)].some(([, name = '']) => {
      const other = this.#variables.get(name.toLowerCase());
      return other !== undefined && this.#isSecret(other, [...path, variable]);
    });
  }
}

class CircularVariable extends Error {}
