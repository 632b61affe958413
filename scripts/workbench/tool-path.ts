import { join } from 'node:path';
import { findOnPath, isExecutable } from './find-on-path.ts';
import type { Places } from './places.ts';
import { placesOf } from './places.ts';
import { WorkbenchError } from './workbench-error.ts';

export type ToolName = 'docker' | 'crane' | 'notation' | 'cosign' | 'oras';

/** The full path of a program: from the brought tools, else from PATH. */
export function toolPath(name: ToolName, places: Places = placesOf()): string {
  const path = findTool(name, places);
  if (path === undefined)
    throw new WorkbenchError(`"${name}" is neither in ${places.tools} nor on PATH: install it`);
  return path;
}

export function findTool(name: string, places: Places): string | undefined {
  const brought = toolFolders(places).map((folder) => join(folder, name));
  return brought.find(isExecutable) ?? findOnPath(name);
}

export function toolFolders(places: Places): string[] {
  return [join(places.tools, 'usr/bin'), join(places.tools, 'usr/sbin')];
}
