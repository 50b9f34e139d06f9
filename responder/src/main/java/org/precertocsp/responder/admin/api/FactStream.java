package org.precertocsp.responder.admin.api;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.admin.change.Fact;
import org.precertocsp.responder.admin.change.FactKind;
import org.precertocsp.responder.admin.change.FactReader;
import org.precertocsp.responder.admin.change.FactWriter;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.admin.change.Receipt;
import org.precertocsp.responder.admin.change.Result;
import org.precertocsp.responder.status.SerialKey;

/// A stream of changes, one JSON object per line, of any length. Used once.
///
/// Lines that arrive together are written together, so that one disk flush serves many; other
/// writers get their turn between such sets. A line's result is sent when the line is durable, in
/// the order of the lines, so memory is bounded by one set and the lines read ahead. The last line
/// sent is a summary: if it is missing, the stream was cut off.
final class FactStream {
    /// Lines written together: about 20 ms of work, which single requests can wait for.
    static final int MAX_SET = 500;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// A line's result: either `receipt` or `problem`.
    record LineResult(long line, Optional<Receipt> receipt, Optional<Problem> problem) {}

    /// The last line.
    ///
    /// @param done lines whose changes are in effect
    record End(boolean end, long lines, long done, long refused) {}

    private final FactKind kind;
    private final FactReader reader;
    private final FactWriter writer;
    private final String who;
    private long done;
    private long refused;

    FactStream(FactKind kind, FactReader reader, FactWriter writer, String who) {
        this.kind = kind;
        this.reader = reader;
        this.writer = writer;
        this.who = who;
    }

    void run(ServerRequest request, ServerResponse response) throws IOException {
        response.header(HeaderNames.CONTENT_TYPE, "application/x-ndjson")
                .header(HeaderNames.CACHE_CONTROL, "no-store");
        try (ReadAhead lines = ReadAhead.start(Bodies.stream(request), line -> read(line));
                OutputStream out = response.outputStream()) {
            List<ReadAhead.Line> set = new ArrayList<>();
            while (lines.fill(set, MAX_SET)) {
                for (List<ReadAhead.Line> part : parts(set)) {
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

    private ReadAhead.Content read(byte[] line) {
        try {
            return new ReadAhead.Content.Read(
                    reader.read(kind, line), HashAlgorithm.SHA256.hash(Octets.of(line)));
        } catch (Objection e) {
            return new ReadAhead.Content.Unread(e);
        }
    }

    /// A set has one source, and each change is judged against the state before the set. So a new
    /// comment and a repeated serial each begin another set.
    private static List<List<ReadAhead.Line>> parts(List<ReadAhead.Line> lines) {
        List<List<ReadAhead.Line>> parts = new ArrayList<>();
        List<ReadAhead.Line> part = new ArrayList<>();
        Set<SerialKey> seen = new HashSet<>();
        Optional<String> comment = Optional.empty();
        for (ReadAhead.Line line : lines) {
            if (line.content() instanceof ReadAhead.Content.Read(Fact fact, _)) {
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

    private void write(List<ReadAhead.Line> part, OutputStream out) throws IOException {
        List<Fact> facts = new ArrayList<>();
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        for (ReadAhead.Line line : part) {
            if (line.content() instanceof ReadAhead.Content.Read(Fact fact, Octets sha256)) {
                facts.add(fact);
                hashes.writeBytes(sha256.toArray());
            }
        }
        List<Result> results = results(facts, Octets.of(hashes.toByteArray()));
        int next = 0;
        for (ReadAhead.Line line : part) {
            Result result =
                    switch (line.content()) {
                        case ReadAhead.Content.Read _ -> results.get(next++);
                        case ReadAhead.Content.Unread(Objection why) -> new Result.Denied(why);
                    };
            out.write(ApiResponses.line(counted(line.number(), result)));
        }
    }

    private List<Result> results(List<Fact> facts, Octets hashes) {
        if (facts.isEmpty()) {
            return List.of();
        }
        try {
            return writer.write(
                    FactService.named(who, facts.getFirst()),
                    HashAlgorithm.SHA256.hash(hashes),
                    facts,
                    PATIENCE);
        } catch (Objection e) {
            return facts.stream().<Result>map(_ -> new Result.Denied(e)).toList();
        }
    }

    private LineResult counted(long line, Result result) {
        return switch (result) {
            case Result.Done(Receipt receipt) -> {
                done++;
                yield new LineResult(line, Optional.of(receipt), Optional.empty());
            }
            case Result.Denied(Objection objection) -> {
                refused++;
                yield new LineResult(line, Optional.empty(), Optional.of(Problem.of(objection)));
            }
        };
    }
}
