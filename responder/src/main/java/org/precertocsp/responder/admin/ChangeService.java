package org.precertocsp.responder.admin;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.admin.ChangeRequestExecutor.KeyedRequest;
import org.precertocsp.responder.status.SerialKey;

/// Applies changes that callers request: a single one, or a stream of lines.
final class ChangeService {
    static final String JSON = "application/json";
    private static final Set<String> LINES = Set.of("application/x-ndjson", "application/jsonl");
    static final Set<String> CERTIFICATES =
            Set.of(
                    "application/pkix-cert",
                    "application/octet-stream",
                    "application/x-pem-file",
                    "application/pem-certificate-chain",
                    "text/plain");

    private static final HeaderName ONCE = HeaderNames.create("Idempotency-Key");

    private final ChangeRequestParser reader;
    private final ChangeRequestExecutor writer;
    private final GroupedChanges grouped;
    private final ClusterChangeService cluster;
    private final Duration patience;

    ChangeService(
            ChangeRequestParser reader,
            ChangeRequestExecutor writer,
            ClusterChangeService cluster,
            Duration patience) {
        this.reader = reader;
        this.writer = writer;
        this.grouped = new GroupedChanges(writer);
        this.cluster = cluster;
        this.patience = patience;
    }

    ApiRoute.Work of(ChangeRequestKind kind) {
        return (who, request, response) -> {
            cluster.refuseIfElsewhere();
            if (LINES.contains(RequestBodies.type(request))) {
                if (request.headers().contains(ONCE)) {
                    throw ApiException.field(
                            "Idempotency-Key",
                            "is for single requests; the lines of a stream can be sent again without it");
                }
                new ChangeStream(kind, reader, writer, who).run(request, response);
            } else {
                one(kind, who, request, response);
            }
        };
    }

    private void one(
            ChangeRequestKind kind, String who, ServerRequest request, ServerResponse response)
            throws ApiException, IOException {
        String type = RequestBodies.type(request);
        ChangeRequest fact;
        ByteString body;
        if (type.equals(JSON)) {
            int most =
                    kind == ChangeRequestKind.CERTIFICATE
                            ? RequestBodies.MAX_LINE
                            : RequestBodies.MAX_OBJECT;
            body = ByteString.of(RequestBodies.read(request, most));
            fact = reader.read(kind, body.toArray());
        } else if (kind == ChangeRequestKind.CERTIFICATE && CERTIFICATES.contains(type)) {
            body = ByteString.of(RequestBodies.read(request, RequestBodies.MAX_LINE));
            fact = reader.certificate(body.toArray());
        } else {
            throw unread(kind, type);
        }
        ByteString sha256 = HashAlgorithm.SHA256.hash(body);
        Optional<String> key = request.headers().first(ONCE);
        Optional<IdempotencyKey> once =
                key.isEmpty()
                        ? Optional.empty()
                        : Optional.of(IdempotencyKey.of(who, key.get(), kind, sha256));
        ChangeResult result =
                write(
                        named(who, fact),
                        once.map(IdempotencyKey::asked).orElse(sha256),
                        new KeyedRequest(fact, once));
        switch (result) {
            case ChangeResult.Done(var receipt) -> cluster.send(request, response, receipt);
            case ChangeResult.Denied(ApiException exception) -> throw exception;
        }
    }

    private ChangeResult write(String name, ByteString sha256, KeyedRequest item)
            throws ApiException {
        return cluster.isCluster()
                ? grouped.write(name, sha256, item, patience)
                : writer.writeAll(name, sha256, List.of(item), patience).getFirst();
    }

    /// The caller and, if there is one, its comment.
    static String named(String who, ChangeRequest fact) {
        return fact.comment().map(comment -> who + ": " + comment).orElse(who);
    }

    private static ApiException unread(ChangeRequestKind kind, String type) {
        String documents =
                kind == ChangeRequestKind.CERTIFICATE
                        ? ", application/pkix-cert (DER) or application/x-pem-file (PEM)"
                        : "";
        return ApiException.of(
                ApiException.Kind.UNSUPPORTED_TYPE,
                "Content-Type %s is not accepted here: send application/json, application/x-ndjson%s"
                        .formatted(type.isEmpty() ? "(none)" : type, documents));
    }

    /// A stream of changes, one JSON object per line, of any length. Used once.
    ///
    /// Lines that arrive together are written together, so that one disk flush serves many; other
    /// writers get their turn between such sets. A line's result is sent when the line is durable,
    /// in the order of the lines, so memory is bounded by one set and the lines read ahead. The
    /// last line sent is a summary: if it is missing, the stream was cut off.
    static final class ChangeStream {
        /// Lines written together: about 20 ms of work, which single requests can wait for.
        static final int MAX_SET = 500;

        private static final Duration PATIENCE = Duration.ofMinutes(1);

        /// A line's result: either `receipt` or `problem`.
        record LineResult(
                long line, Optional<ChangeResponse> receipt, Optional<ProblemDetails> problem) {}

        /// The last line.
        ///
        /// @param done lines whose changes are in effect
        record End(boolean end, long lines, long done, long refused) {}

        private final ChangeRequestKind kind;
        private final ChangeRequestParser reader;
        private final ChangeRequestExecutor writer;
        private final String who;
        private long done;
        private long refused;

        ChangeStream(
                ChangeRequestKind kind,
                ChangeRequestParser reader,
                ChangeRequestExecutor writer,
                String who) {
            this.kind = kind;
            this.reader = reader;
            this.writer = writer;
            this.who = who;
        }

        void run(ServerRequest request, ServerResponse response) throws IOException {
            response.header(HeaderNames.CONTENT_TYPE, "application/x-ndjson")
                    .header(HeaderNames.CACHE_CONTROL, "no-store");
            try (LinePrefetcher lines =
                            LinePrefetcher.start(
                                    RequestBodies.stream(request), line -> read(line));
                    OutputStream out = response.outputStream()) {
                List<LinePrefetcher.Line> set = new ArrayList<>();
                while (lines.fill(set, MAX_SET)) {
                    for (List<LinePrefetcher.Line> part : parts(set)) {
                        write(part, out);
                    }
                    out.flush();
                    set.clear();
                }
                out.write(ApiResponses.line(new End(true, done + refused, done, refused)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        private LinePrefetcher.Content read(byte[] line) {
            try {
                return new LinePrefetcher.Content.Read(
                        reader.read(kind, line), HashAlgorithm.SHA256.hash(ByteString.of(line)));
            } catch (ApiException e) {
                return new LinePrefetcher.Content.Unread(e);
            }
        }

        /// A set has one source, and each change is judged against the state before the set. So a
        /// new comment and a repeated serial each begin another set.
        private static List<List<LinePrefetcher.Line>> parts(List<LinePrefetcher.Line> lines) {
            List<List<LinePrefetcher.Line>> parts = new ArrayList<>();
            List<LinePrefetcher.Line> part = new ArrayList<>();
            Set<SerialKey> seen = new HashSet<>();
            Optional<String> comment = Optional.empty();
            for (LinePrefetcher.Line line : lines) {
                if (line.content() instanceof LinePrefetcher.Content.Read(ChangeRequest fact, _)) {
                    boolean another =
                            !seen.add(fact.key())
                                    || (seen.size() > 1 && !fact.comment().equals(comment));
                    if (another) {
                        parts.add(part);
                        part = new ArrayList<>();
                        seen.clear();
                        seen.add(fact.key());
                    }
                    comment = fact.comment();
                }
                part.add(line);
            }
            parts.add(part);
            return parts;
        }

        private void write(List<LinePrefetcher.Line> part, OutputStream out) throws IOException {
            List<ChangeRequest> changes = new ArrayList<>();
            ByteArrayOutputStream hashes = new ByteArrayOutputStream();
            for (LinePrefetcher.Line line : part) {
                if (line.content()
                        instanceof
                        LinePrefetcher.Content.Read(ChangeRequest fact, ByteString sha256)) {
                    changes.add(fact);
                    hashes.writeBytes(sha256.toArray());
                }
            }
            List<ChangeResult> results = results(changes, ByteString.of(hashes.toByteArray()));
            int next = 0;
            for (LinePrefetcher.Line line : part) {
                ChangeResult result =
                        switch (line.content()) {
                            case LinePrefetcher.Content.Read _ -> results.get(next++);
                            case LinePrefetcher.Content.Unread(ApiException why) ->
                                    new ChangeResult.Denied(why);
                        };
                out.write(ApiResponses.line(counted(line.number(), result)));
            }
        }

        private List<ChangeResult> results(List<ChangeRequest> changes, ByteString hashes) {
            if (changes.isEmpty()) {
                return List.of();
            }
            try {
                return writer.write(
                        ChangeService.named(who, changes.getFirst()),
                        HashAlgorithm.SHA256.hash(hashes),
                        changes,
                        PATIENCE);
            } catch (ApiException e) {
                return changes.stream().<ChangeResult>map(_ -> new ChangeResult.Denied(e)).toList();
            }
        }

        private LineResult counted(long line, ChangeResult result) {
            return switch (result) {
                case ChangeResult.Done(ChangeResponse receipt) -> {
                    done++;
                    yield new LineResult(line, Optional.of(receipt), Optional.empty());
                }
                case ChangeResult.Denied(ApiException exception) -> {
                    refused++;
                    yield new LineResult(
                            line, Optional.empty(), Optional.of(ProblemDetails.of(exception)));
                }
            };
        }

        /// Reads and parses lines in a thread of its own, so that signatures are verified while the
        /// set before is written to disk. A bounded number of lines waits.
        static final class LinePrefetcher implements AutoCloseable {
            private static final int MAX_WAITING = 1000;

            // Lines that arrive within it are written together.
            private static final long QUIET_MILLIS = 5;

            /// @param number from 1; blank lines are counted and have no result
            record Line(long number, Content content) {}

            /// The parsed line, or why it cannot be parsed.
            sealed interface Content {
                /// @param sha256 of the line
                record Read(ChangeRequest fact, ByteString sha256) implements Content {}

                record Unread(ApiException why) implements Content {}
            }

            private sealed interface Item {
                record Some(Line line) implements Item {}

                /// @param failure null where the stream ended as it should
                record End(@Nullable IOException failure) implements Item {}
            }

            private final BlockingQueue<Item> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
            private final Function<byte[], Content> reader;
            private final InputStream in;
            private final Thread thread;
            private boolean ended;

            private LinePrefetcher(InputStream in, Function<byte[], Content> reader) {
                this.in = new BufferedInputStream(in, 1 << 16);
                this.reader = reader;
                this.thread = Thread.ofVirtual().name("admin-lines").unstarted(this::readAll);
            }

            static LinePrefetcher start(InputStream in, Function<byte[], Content> reader) {
                LinePrefetcher ahead = new LinePrefetcher(in, reader);
                ahead.thread.start();
                return ahead;
            }

            /// Waits for a line, then adds those that arrive right after it.
            ///
            /// @return false at the end, with nothing added
            /// @throws IOException the stream was interrupted
            boolean fill(List<Line> lines, int most) throws IOException, InterruptedException {
                if (ended) {
                    return false;
                }
                Item item = waiting.take();
                while (item instanceof Item.Some(Line line)) {
                    lines.add(line);
                    if (lines.size() == most) {
                        return true;
                    }
                    item = waiting.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
                }
                if (item instanceof Item.End(IOException failure)) {
                    ended = true;
                    if (failure != null) {
                        throw failure;
                    }
                }
                return !lines.isEmpty();
            }

            private void readAll() {
                Item.End end = new Item.End(new IOException("the lines could not be read"));
                try {
                    long number = 0;
                    for (Raw raw = nextLine(); raw.there(); raw = nextLine()) {
                        number++;
                        if (raw.tooLong()) {
                            ApiException why = RequestBodies.tooLong(RequestBodies.MAX_LINE);
                            waiting.put(new Item.Some(new Line(number, new Content.Unread(why))));
                        } else if (raw.bytes().length > 0) {
                            waiting.put(new Item.Some(new Line(number, reader.apply(raw.bytes()))));
                        }
                    }
                    end = new Item.End(null);
                } catch (IOException e) {
                    end = new Item.End(e);
                } catch (InterruptedException _) {
                    return; // closed
                } finally {
                    putEnd(end);
                }
            }

            private void putEnd(Item.End end) {
                try {
                    waiting.put(end);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            }

            /// @param there false at the end of the stream
            @SuppressWarnings("ArrayRecordComponent") // Never compared.
            private record Raw(boolean there, boolean tooLong, byte[] bytes) {}

            private Raw nextLine() throws IOException {
                ByteArrayOutputStream line = new ByteArrayOutputStream(512);
                boolean tooLong = false;
                int next = in.read();
                boolean there = next >= 0;
                for (; next >= 0 && next != '\n'; next = in.read()) {
                    if (line.size() < RequestBodies.MAX_LINE) {
                        line.write(next);
                    } else {
                        tooLong = true;
                    }
                }
                byte[] bytes = line.toByteArray();
                boolean blank = bytes.length == 0 || (bytes.length == 1 && bytes[0] == '\r');
                return new Raw(there, tooLong, blank ? new byte[0] : bytes);
            }

            @Override
            public void close() {
                thread.interrupt();
            }
        }
    }
}
