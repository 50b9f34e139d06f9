package org.precertocsp.loadtest.requests;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// The address that requests are sent to.
///
/// @param path prefix of GET paths and the whole path of POSTs; begins and ends with a slash
public record TargetUrl(String host, int port, String path) {
    private static final int HTTP_PORT = 80;

    /// Parses a URL as written in certificates; a slash is appended if the path lacks one.
    ///
    /// @throws IllegalArgumentException if it is not an `http` URL with a host
    public static TargetUrl of(String url) {
        URI uri;
        try {
            uri = new URI(url.contains("://") ? url : "http://" + url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + url + "' is not a URL: " + e.getReason(), e);
        }
        if (!"http".equals(uri.getScheme().toLowerCase(Locale.ROOT)) || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "'"
                            + url
                            + "' is not a URL like http://host:port/path; OCSP is spoken over plain"
                            + " HTTP (RFC 6960 §A.1)");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return new TargetUrl(
                uri.getHost(),
                uri.getPort() < 0 ? HTTP_PORT : uri.getPort(),
                path.endsWith("/") ? path : path + "/");
    }

    /// The value of the Host header.
    String authority() {
        return port == HTTP_PORT ? host : host + ":" + port;
    }

    @Override
    public String toString() {
        return "http://" + authority() + path;
    }
}
