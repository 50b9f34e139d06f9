package org.precertocsp.responder.admin.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.admin.change.Fact;
import org.precertocsp.responder.admin.change.Objection;

/// Reads and parses lines in a thread of its own, so that signatures are verified while the set
/// before is written to disk. A bounded number of lines waits.
final class ReadAhead implements AutoCloseable {
    private static final int MAX_WAITING = 1000;

    // Lines that arrive within it are written together.
    private static final long QUIET_MILLIS = 5;

    /// @param number from 1; blank lines are counted and have no result
    record Line(long number, Content content) {}

    /// The parsed line, or why it cannot be parsed.
    sealed interface Content {
        /// @param sha256 of the line
        record Read(Fact fact, Octets sha256) implements Content {}

        record Unread(Objection why) implements Content {}
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

    private ReadAhead(InputStream in, Function<byte[], Content> reader) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.reader = reader;
        this.thread = Thread.ofVirtual().name("admin-lines").unstarted(this::readAll);
    }

    static ReadAhead start(InputStream in, Function<byte[], Content> reader) {
        ReadAhead ahead = new ReadAhead(in, reader);
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
                    Objection why = Bodies.tooLong(Bodies.MAX_LINE);
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
            if (line.size() < Bodies.MAX_LINE) {
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
