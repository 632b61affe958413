import type { TimelineRecord } from '../../runs/timeline.ts';
import type { Step } from '../model/pipeline.ts';

/** The tasks behind the steps. */
export const taskKinds: Readonly<Record<Step['kind'], NonNullable<TimelineRecord['task']>>> = {
  script: { id: 'd9bafed4-0b18-4f58-968d-86655b4d2ce9', name: 'CmdLine', version: '2.250.1' },
  publish: {
    id: 'ecdc45f6-832d-4ad9-b52b-ee49e94659be',
    name: 'PublishPipelineArtifact',
    version: '1.198.0',
  },
  download: {
    id: '61f2a582-95ae-4948-b34d-a1b3c4f6a737',
    name: 'DownloadPipelineArtifact',
    version: '2.198.0',
  },
};

const rule = '='.repeat(78);

function header(task: string, description: string, kind: Step['kind']): readonly string[] {
  return [
    rule,
    `Task         : ${task}`,
    `Description  : ${description}`,
    `Version      : ${taskKinds[kind].version}`,
    'Author       : Microsoft Corporation',
    rule,
  ];
}

/** What the log of a step begins with. */
export const taskHeaders: Readonly<Record<Step['kind'], readonly string[]>> = {
  script: header(
    'Command line',
    'Run a command line script using Bash on Linux and macOS and cmd.exe on Windows',
    'script',
  ),
  publish: header(
    'Publish Pipeline Artifacts',
    'Publish (upload) a file or directory as a named artifact',
    'publish',
  ),
  download: header('Download Pipeline Artifacts', 'Download build and pipeline artifacts', 'download'),
};
