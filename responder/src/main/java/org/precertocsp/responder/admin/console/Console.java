package org.precertocsp.responder.admin.console;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/// `/` and the files it needs. They contain no data: the page calls the API with the reader's own
/// role.
public final class Console implements HttpService {
    static final List<String> FILES =
            List.of(
                    "index.html",
                    "console.css",
                    "icon.svg",
                    "console.js",
                    "alerts.js",
                    "api.js",
                    "charts.js",
                    "dom.js",
                    "format.js",
                    "lookup.js",
                    "overview.js");

    private static final String DIRECTORY = "/org/precertocsp/responder/admin/console/";

    /// Nothing from other hosts, nothing inline, and no text that becomes markup or script.
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
                    + " 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none';"
                    + " require-trusted-types-for 'script'; trusted-types 'none'";

    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml");

    private static final Map<HeaderName, String> HEADERS =
            Map.of(
                    HeaderNames.CACHE_CONTROL,
                    "no-store",
                    HeaderNames.create("Content-Security-Policy"),
                    POLICY,
                    HeaderNames.create("Cross-Origin-Opener-Policy"),
                    "same-origin",
                    HeaderNames.create("Cross-Origin-Resource-Policy"),
                    "same-origin",
                    HeaderNames.create("Permissions-Policy"),
                    "camera=(), geolocation=()",
                    HeaderNames.create("Referrer-Policy"),
                    "no-referrer",
                    HeaderNames.create("X-Content-Type-Options"),
                    "nosniff");

    @Override
    public void routing(HttpRules rules) {
        for (String file : FILES) {
            byte[] content = content(file);
            rules.get("/" + file, (_, response) -> send(response, file, content));
        }
        byte[] page = content("index.html");
        rules.get("/", (_, response) -> send(response, "index.html", page));
    }

    private static void send(ServerResponse response, String file, byte[] content) {
        HEADERS.forEach(response::header);
        String type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "");
        response.header(HeaderNames.CONTENT_TYPE, type).send(content);
    }

    private static byte[] content(String file) {
        try (InputStream in = Console.class.getResourceAsStream(DIRECTORY + file)) {
            if (in == null) {
                throw new IllegalStateException(
                        DIRECTORY + file + " is missing in the distribution");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
