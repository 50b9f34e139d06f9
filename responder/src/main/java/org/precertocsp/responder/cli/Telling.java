package org.precertocsp.responder.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.responder.admin.client.ApiClient;
import org.precertocsp.responder.io.Json;

/// Says the same of several serials, one after the other, and prints what each came to.
final class Telling {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;

    /// @param json replies are printed as they come, one a line
    Telling(PrintWriter out, PrintWriter err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    /// @param fields the same for all
    /// @return the exit code; goes on after a refusal, and stops where the server cannot be reached
    int tell(ServerOption server, String facts, Map<String, Object> fields, List<String> serials) {
        int worst = ExitCodes.OK;
        try (ApiClient client = server.open()) {
            for (String serial : serials) {
                Map<String, Object> all = new HashMap<>(fields);
                all.put("serial", serial);
                worst = Math.max(worst, told(serial, client.tell(facts, all)));
            }
            return worst;
        } catch (CommandFailed e) {
            return failed(e.explanation());
        } catch (IOException e) {
            return failed(Calls.explain(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("interrupted");
        }
    }

    private int failed(String why) {
        err.println("precert-ocsp: " + Printable.of(why));
        err.flush();
        return ExitCodes.CANNOT;
    }

    private int told(String serial, ApiClient.Reply reply) {
        if (json) {
            out.println(reply.body().strip());
        } else if (reply.done()) {
            print(reply.body());
        } else {
            out.println(Printable.of("%s: refused, %s".formatted(serial, Calls.detail(reply))));
        }
        out.flush();
        return reply.done()
                ? ExitCodes.OK
                : reply.status() >= 500 ? ExitCodes.CANNOT : ExitCodes.REFUSED;
    }

    private void print(String body) {
        try {
            JsonNode receipt = Json.MAPPER.readTree(body);
            String what = receipt.path("what").asText("");
            out.println(
                    Printable.of(
                            "%s: %s (%s%s)"
                                    .formatted(
                                            receipt.path("serial").asText(),
                                            receipt.path("state").asText(),
                                            receipt.path("outcome").asText(),
                                            what.isEmpty() ? "" : ": " + what)));
            for (JsonNode warning : receipt.path("warnings")) {
                out.println(Printable.of("  warning  " + warning.asText()));
            }
        } catch (JsonProcessingException _) {
            out.println(Printable.of(body));
        }
    }
}
