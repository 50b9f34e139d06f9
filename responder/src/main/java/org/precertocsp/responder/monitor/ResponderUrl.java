package org.precertocsp.responder.monitor;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// The address of a responder, with its path exactly as written.
///
/// @param path raw, empty or beginning with a slash
public record ResponderUrl(String scheme, String host, int port, String path) {
    private static final int MAX_URL = 2048;

    /// @throws InvalidUrlException with the reason
    public static ResponderUrl parse(String url) throws InvalidUrlException {
        if (url.length() > MAX_URL) {
            throw new InvalidUrlException(
                    "an address of more than " + MAX_URL + " characters", null);
        }
        try {
            URI uri = new URI(url.strip());
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new InvalidUrlException(
                        "'%s' is not an http:// address".formatted(url), null);
            }
            if (uri.getHost() == null) {
                throw new InvalidUrlException("'%s' names no host".formatted(url), null);
            }
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            return new ResponderUrl(
                    scheme, uri.getHost(), port(uri, scheme), uri.getRawPath() + query);
        } catch (URISyntaxException e) {
            throw new InvalidUrlException(
                    "'%s' is not an address: %s".formatted(url, e.getMessage()), e);
        }
    }

    private static int port(URI uri, String scheme) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return scheme.equals("https") ? 443 : 80;
    }

    public boolean isTls() {
        return scheme.equals("https");
    }

    /// The target of a POST, or of a plain GET.
    public String target() {
        return path.isEmpty() || path.startsWith("?") ? "/" + path : path;
    }

    /// The target of an OCSP GET (RFC 6960 A.1): exactly one slash before the request.
    public String target(String encodedRequest) {
        String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return base + "/" + encodedRequest;
    }

    /// The value of the Host field.
    String authority() {
        boolean usual = port == (isTls() ? 443 : 80);
        return usual ? host : host + ":" + port;
    }

    /// The host without the brackets of an IPv6 literal.
    String hostName() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public String toString() {
        return scheme + "://" + authority() + path;
    }
}
