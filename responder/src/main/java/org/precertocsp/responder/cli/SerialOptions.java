package org.precertocsp.responder.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.responder.admin.ApiClient;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The serials that a command changes on a running server, one after the other, and the options
/// that name the server and the issuer.
final class SerialOptions {
    @Mixin private ApiClientOptions server = new ApiClientOptions();

    @Option(
            names = "--issuer-name",
            paramLabel = "NAME",
            required = true,
            description = "the issuer, as the server's configuration calls it")
    private String issuer = "";

    @Option(names = "--json", description = "print the server's replies, one a line")
    private boolean json;

    @Parameters(arity = "1..*", paramLabel = "SERIAL", description = "hexadecimal")
    private List<String> serials = List.of();

    /// Sends one request for each serial and prints the replies.
    ///
    /// @param resource of the API, such as `revocations`
    /// @param fields of each request, besides issuer and serial
    /// @return the exit code; goes on after a rejection, and stops if the server cannot be reached
    int send(CommandSpec spec, String resource, Map<String, Object> fields) {
        PrintWriter out = spec.commandLine().getOut();
        int worst = ExitCodes.OK;
        try (ApiClient client = server.open()) {
            for (String serial : serials) {
                Map<String, Object> all = new HashMap<>(fields);
                all.put("issuer", issuer);
                all.put("serial", serial);
                worst = Math.max(worst, print(out, serial, client.tell(resource, all)));
            }
            return worst;
        } catch (CommandException e) {
            return CommandErrorHandler.report(spec, e.explanation());
        } catch (IOException e) {
            return CommandErrorHandler.report(spec, ApiErrors.explain(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CommandErrorHandler.report(spec, "interrupted");
        }
    }

    private int print(PrintWriter out, String serial, ApiClient.Reply reply) {
        if (json) {
            out.println(reply.body().strip());
        } else if (reply.done()) {
            print(out, reply.body());
        } else {
            out.println(SafeText.of("%s: rejected, %s".formatted(serial, ApiErrors.detail(reply))));
        }
        out.flush();
        return reply.done()
                ? ExitCodes.OK
                : reply.status() >= 500 ? ExitCodes.CANNOT : ExitCodes.REFUSED;
    }

    private static void print(PrintWriter out, String body) {
        try {
            JsonNode receipt = Json.MAPPER.readTree(body);
            String what = receipt.path("what").asText("");
            out.println(
                    SafeText.of(
                            "%s: %s (%s%s)"
                                    .formatted(
                                            receipt.path("serial").asText(),
                                            receipt.path("state").asText(),
                                            receipt.path("outcome").asText(),
                                            what.isEmpty() ? "" : ": " + what)));
            for (JsonNode warning : receipt.path("warnings")) {
                out.println(SafeText.of("  warning  " + warning.asText()));
            }
        } catch (JsonProcessingException _) {
            out.println(SafeText.of(body));
        }
    }
}
