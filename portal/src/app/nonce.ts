// The page's policy lets in only style elements that carry this nonce (src/api/portal/portal.cpp).
export const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.nonce ?? '';
