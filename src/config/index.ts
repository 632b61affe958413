export { configSchema, serviceConfigSchema } from './config-schema.ts';
export { configurationMarkdown, serviceConfigurationMarkdown } from './configuration-markdown.ts';
export { type LoadedSettings, loadSettings } from './load-settings.ts';
export { loadPolicyCases, type PolicyCase } from './policy-cases.ts';
export { readToken, type TokenPlaces } from './read-token.ts';
export { loadServiceConfig, type ServiceConfig } from './service-config.ts';
export type { Settings } from './settings-schema.ts';
export { settingsTable } from './settings-table.ts';
export { shippedConfig } from './shipped-config.ts';
