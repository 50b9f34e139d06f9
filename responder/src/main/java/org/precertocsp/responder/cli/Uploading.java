package org.precertocsp.responder.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.admin.client.ApiClient;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.SummaryJson;
import org.precertocsp.responder.io.Json;

/// Loads files through the private API of a server, which may be on another machine.
final class Uploading {
    private static final int MAX_NAME = 100;

    private final FeedKind kind;
    private final Optional<String> issuer;
    private final LoadOptions options;
    private final ServerOption server;

    /// @param issuer its name in the server's configuration
    Uploading(FeedKind kind, Optional<String> issuer, LoadOptions options, ServerOption server) {
        this.kind = kind;
        this.issuer = issuer;
        this.options = options;
        this.server = server;
    }

    /// Files before one that fails are loaded and reported.
    LoadResult run(LoadInputs inputs) throws CommandFailed {
        List<LoadSummary> summaries = new ArrayList<>();
        Optional<String> error = Optional.empty();
        try (ApiClient client = server.open()) {
            for (LoadInputs.Input input : inputs.inputs()) {
                LoadSummary summary =
                        summary(client.load(kind.word(), query(input.name()), input.path()));
                summaries.add(summary);
                if (summary.dryRun() != options.dryRun()) {
                    throw new CommandFailed(
                            "the server is of a version that does not know --dry-run and has loaded"
                                    + " the file");
                }
            }
        } catch (CommandFailed e) {
            error = Optional.of(e.explanation());
        } catch (IOException e) {
            error = Optional.of(Calls.explain(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            error = Optional.of("interrupted; the server may still load the file it has");
        }
        return LoadResult.of(summaries, inputs.skipped(), error);
    }

    private Map<String, List<String>> query(String name) {
        Map<String, List<String>> query = new HashMap<>();
        query.put("name", List.of(shortened(name)));
        issuer.ifPresent(it -> query.put("issuer", List.of(it)));
        flag(query, "strict", options.strict());
        flag(query, "dryRun", options.dryRun());
        flag(query, "newSerials", options.newSerials());
        flag(query, "hexSerials", options.hexSerials());
        flag(query, "acceptNumberReset", options.acceptNumberReset());
        if (!options.columns().isEmpty()) {
            query.put(
                    "column",
                    options.columns().entrySet().stream()
                            .map(it -> it.getKey() + "=" + it.getValue())
                            .toList());
        }
        return query;
    }

    private static void flag(Map<String, List<String>> query, String name, boolean set) {
        if (set) {
            query.put(name, List.of("true"));
        }
    }

    private static LoadSummary summary(ApiClient.Reply reply) throws CommandFailed, IOException {
        JsonNode body = Json.MAPPER.readTree(reply.body());
        if (reply.done()) {
            return SummaryJson.read(reply.body());
        }
        if (body.path("summary").isObject()) {
            return SummaryJson.read(body.path("summary").toString());
        }
        throw new CommandFailed("the server refused the file: " + Calls.detail(reply));
    }

    private static String shortened(String name) {
        String printable = Printable.of(name);
        return printable.substring(Math.max(0, printable.length() - MAX_NAME));
    }
}
