declare module '@kusto/language-service-next/bridge.min';
declare module '@kusto/language-service-next/Kusto.Language.Bridge.min';
