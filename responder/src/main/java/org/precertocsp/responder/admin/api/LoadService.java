package org.precertocsp.responder.admin.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.responder.admin.change.FactReader;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedJob;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.Feeds;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ReadProgress;
import org.precertocsp.responder.intake.UnreadableFile;
import org.precertocsp.responder.status.StatusWriter;

/// Loads whole files, as `load` does. The changes of one file take effect together or not at all.
final class LoadService {
    private static final int MAX_NAME = 100;

    /// A problem with the summary, which says what is wrong in the file.
    record RefusedFile(@JsonUnwrapped Problem problem, LoadSummary summary) {}

    private final Feeds feeds;
    private final FactReader facts;
    private final StatusWriter writer;
    private final InstantSource clock;
    private final Consumer<LoadSummary> loaded;
    private final long maxUpload;
    private final UploadLimiter uploads;

    /// @param maxUpload bytes of one file
    LoadService(Parts parts, long maxUpload, UploadLimiter uploads) {
        this.feeds = parts.feeds();
        this.facts = parts.facts();
        this.writer = parts.writer();
        this.clock = parts.clock();
        this.loaded = parts.insight().loaded();
        this.maxUpload = maxUpload;
        this.uploads = uploads;
    }

    Route.Work of(FeedKind kind) {
        return (who, request, response) -> load(kind, who, request, response);
    }

    private void load(FeedKind kind, String who, ServerRequest request, ServerResponse response)
            throws Objection, IOException {
        Optional<FedIssuer> issuer = issuer(kind, request);
        String name = request.query().first("name").orElse("upload");
        if (!name.matches("[^\\p{Cntrl}]{1," + MAX_NAME + "}")) {
            throw Objection.field(
                    "name", "expected 1 to %d printable characters".formatted(MAX_NAME));
        }
        LoadOptions options = options(request);
        long announced = announced(request);
        try (UploadLimiter.Upload upload = uploads.begin(nameOf(who), announced)) {
            reply(load(kind, who, issuer, name, options, request, upload), response);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// The caller without its role: its roles share the limit.
    private static String nameOf(String who) {
        return who.substring(who.indexOf('/') + 1);
    }

    private LoadSummary load(
            FeedKind kind,
            String who,
            Optional<FedIssuer> issuer,
            String name,
            LoadOptions options,
            ServerRequest request,
            UploadLimiter.Upload upload)
            throws Objection, IOException {
        Path copy = Files.createTempFile(directory(), "precert-ocsp-", ".upload");
        try {
            store(request, copy, upload);
            FeedJob job =
                    new FeedJob(
                            kind,
                            feeds.feed(kind, List.of(copy)),
                            copy,
                            name,
                            issuer,
                            ReadProgress.SILENT,
                            options,
                            facts.issuers(),
                            Optional.of(who));
            return new FeedLoader(writer, clock, loaded).load(job);
        } catch (UnreadableFile e) {
            throw Objection.of(
                    Objection.Kind.UNAVAILABLE,
                    "the upload cannot be read back: " + e.getMessage());
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private Optional<FedIssuer> issuer(FeedKind kind, ServerRequest request) throws Objection {
        Optional<String> name = request.query().first("issuer").asOptional();
        if (name.isEmpty() && kind.needsIssuer()) {
            throw Objection.field("issuer", "is missing: such a file does not say whose it is");
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(facts.issuer(name.get()));
    }

    private static LoadOptions options(ServerRequest request) throws Objection {
        Map<String, String> columns = new HashMap<>();
        for (String text : request.query().all("column", List::of)) {
            Map.Entry<String, String> column =
                    LoadOptions.column(text)
                            .orElseThrow(
                                    () ->
                                            Objection.field(
                                                    "column",
                                                    "expected NAME=HEADER, such as"
                                                            + " serial=Serial Number"));
            columns.put(column.getKey(), column.getValue());
        }
        return new LoadOptions(
                flag(request, "strict"),
                flag(request, "dryRun"),
                flag(request, "newSerials"),
                flag(request, "hexSerials"),
                flag(request, "acceptNumberReset"),
                columns);
    }

    private static boolean flag(ServerRequest request, String name) throws Objection {
        String text = request.query().first(name).orElse("false");
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Objection.field(name, "expected true or false");
        };
    }

    /// The directory that holds uploads until they are loaded.
    static Path directory() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /// 0 where the request does not say.
    private long announced(ServerRequest request) throws Objection {
        long length =
                request.headers().first(HeaderNames.CONTENT_LENGTH).map(Long::parseLong).orElse(0L);
        if (length > maxUpload) {
            throw Bodies.tooLong(maxUpload);
        }
        return length;
    }

    private void store(ServerRequest request, Path copy, UploadLimiter.Upload upload)
            throws IOException, Objection {
        if (!request.content().hasEntity()) {
            return;
        }
        byte[] buffer = new byte[1 << 16];
        long written = 0;
        try (InputStream in = Bodies.stream(request);
                OutputStream out = Files.newOutputStream(copy)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                written += read;
                if (written > maxUpload) {
                    throw Bodies.tooLong(maxUpload);
                }
                upload.beforeWriting(read);
                out.write(buffer, 0, read);
            }
        }
    }

    private static void reply(LoadSummary summary, ServerResponse response) {
        if (summary.refusedFile().isEmpty()) {
            ApiResponses.send(response, summary);
            return;
        }
        Problem problem =
                Problem.of(
                        Objection.of(Objection.Kind.INVALID, summary.refusedFile().orElseThrow()));
        ApiResponses.send(
                response.status(problem.status()),
                Problem.MEDIA_TYPE,
                ApiResponses.line(new RefusedFile(problem, summary)));
    }
}
