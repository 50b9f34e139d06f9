package org.precertocsp.responder.admin;

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
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.LoadJob;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.UnreadableFileException;
import org.precertocsp.responder.status.StatusWriter;

/// Loads whole files, as `load` does. The changes of one file take effect together or not at all.
final class UploadService {
    private static final int MAX_NAME = 100;

    /// A problem together with the summary, which names the errors in the file.
    record RefusedFile(@JsonUnwrapped ProblemDetails problem, LoadSummary summary) {}

    private final FeedProvider feeds;
    private final ChangeRequestParser parser;
    private final StatusWriter writer;
    private final InstantSource clock;
    private final Consumer<LoadSummary> loaded;
    private final long maxUpload;
    private final UploadLimiter uploads;
    private final ClusterChangeService cluster;

    /// @param maxUpload bytes of one file
    UploadService(
            ApiContext parts, ClusterChangeService cluster, long maxUpload, UploadLimiter uploads) {
        this.cluster = cluster;
        this.feeds = parts.feeds();
        this.parser = parts.facts();
        this.writer = parts.writer();
        this.clock = parts.clock();
        this.loaded = parts.insight().loaded();
        this.maxUpload = maxUpload;
        this.uploads = uploads;
    }

    ApiRoute.Work of(FeedKind kind) {
        return (who, request, response) -> load(kind, who, request, response);
    }

    private void load(FeedKind kind, String who, ServerRequest request, ServerResponse response)
            throws ApiException, IOException {
        cluster.refuseIfElsewhere();
        Optional<ConfiguredIssuer> issuer = issuer(kind, request);
        String name = request.query().first("name").orElse("upload");
        if (!name.matches("[^\\p{Cntrl}]{1," + MAX_NAME + "}")) {
            throw ApiException.field(
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
            Optional<ConfiguredIssuer> issuer,
            String name,
            LoadOptions options,
            ServerRequest request,
            UploadLimiter.Upload upload)
            throws ApiException, IOException {
        Path copy = Files.createTempFile(directory(), "precert-ocsp-", ".upload");
        try {
            store(request, copy, upload);
            LoadJob job =
                    new LoadJob(
                            kind,
                            feeds.feed(kind, List.of(copy)),
                            copy,
                            name,
                            issuer,
                            ProgressListener.SILENT,
                            options,
                            parser.issuers(),
                            Optional.of(who));
            return new FeedLoader(writer, clock, loaded).load(job);
        } catch (UnreadableFileException e) {
            throw ApiException.of(
                    ApiException.Kind.UNAVAILABLE,
                    "the upload cannot be read back: " + e.getMessage());
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private Optional<ConfiguredIssuer> issuer(FeedKind kind, ServerRequest request)
            throws ApiException {
        Optional<String> name = request.query().first("issuer").asOptional();
        if (name.isEmpty() && kind.needsIssuer()) {
            throw ApiException.field("issuer", "is missing: such a file does not say whose it is");
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(parser.issuer(name.get()));
    }

    private static LoadOptions options(ServerRequest request) throws ApiException {
        Map<String, String> columns = new HashMap<>();
        for (String text : request.query().all("column", List::of)) {
            Map.Entry<String, String> column =
                    LoadOptions.column(text)
                            .orElseThrow(
                                    () ->
                                            ApiException.field(
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

    private static boolean flag(ServerRequest request, String name) throws ApiException {
        String text = request.query().first(name).orElse("false");
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ApiException.field(name, "expected true or false");
        };
    }

    /// The directory that holds uploads until they are loaded.
    static Path directory() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /// 0 if the request does not state it.
    private long announced(ServerRequest request) throws ApiException {
        long length =
                request.headers().first(HeaderNames.CONTENT_LENGTH).map(Long::parseLong).orElse(0L);
        if (length > maxUpload) {
            throw RequestBodies.tooLong(maxUpload);
        }
        return length;
    }

    private void store(ServerRequest request, Path copy, UploadLimiter.Upload upload)
            throws IOException, ApiException {
        if (!request.content().hasEntity()) {
            return;
        }
        byte[] buffer = new byte[1 << 16];
        long written = 0;
        try (InputStream in = RequestBodies.stream(request);
                OutputStream out = Files.newOutputStream(copy)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                written += read;
                if (written > maxUpload) {
                    throw RequestBodies.tooLong(maxUpload);
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
        ProblemDetails problem =
                ProblemDetails.of(
                        ApiException.of(
                                ApiException.Kind.INVALID, summary.refusedFile().orElseThrow()));
        ApiResponses.send(
                response.status(problem.status()),
                ProblemDetails.MEDIA_TYPE,
                ApiResponses.line(new RefusedFile(problem, summary)));
    }
}
