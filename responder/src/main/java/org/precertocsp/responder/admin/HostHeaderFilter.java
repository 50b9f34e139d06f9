package org.precertocsp.responder.admin;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.precertocsp.responder.http.HttpFieldSyntax;

/// Rejects requests that do not have exactly one valid Host field with 400 (RFC 9112 3.2), as the
/// public listener does. Helidon accepts them.
public final class HostHeaderFilter implements Filter {
    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        List<String> hosts = request.headers().all(HeaderNames.HOST, List::of);
        if (hosts.size() == 1 && isHost(hosts.getFirst())) {
            chain.proceed();
            return;
        }
        response.status(Status.BAD_REQUEST_400)
                .header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONNECTION, "close")
                .send("expected exactly one Host field, such as Host: localhost\n");
    }

    private static boolean isHost(String text) {
        byte[] bytes = text.strip().getBytes(StandardCharsets.ISO_8859_1);
        return HttpFieldSyntax.isHost(bytes, 0, bytes.length);
    }
}
