package org.precertocsp.loadtest.drive;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.requests.EncodedRequest;

/// One connection of a driver, opened again when it is needed and closed. For the engine's thread.
///
/// It has one channel after another. A connection that closes fails every request in flight on it,
/// and has no channel until the next request.
final class LoadConnection {
    /// Receives the events of a connection.
    interface Owner {
        /// The connection is open, or was refused; only after [#open].
        void opened(LoadConnection connection);

        /// The body of the oldest request's answer is in `bytes` where the scanner found it.
        ///
        /// @param now when it was read
        void answered(InFlightRequests flights, int slot, byte[] bytes, long now);

        /// The oldest request in flight got no answer.
        void failed(InFlightRequests flights, int slot, RequestFailure failure);

        /// The connection has room for this many more requests. Called after all answers of one
        /// read.
        ///
        /// @param refused nobody listened; an immediate retry would not help
        void free(LoadConnection connection, int slots, boolean refused, long now);
    }

    /// What all connections of a driver share: buffers that stay in the processor's cache, which
    /// one for each connection would not.
    static final class Shared {
        private static final int READ = 64 << 10;
        private static final int WRITE = 8 << 10;

        private final InetSocketAddress target;
        private final Selector selector;
        private final HttpResponseScanner scanner;
        private final ByteBuffer in = ByteBuffer.allocateDirect(READ);
        private final ByteBuffer out = ByteBuffer.allocateDirect(WRITE);
        private final byte[] arrived = new byte[READ];

        Shared(InetSocketAddress target, Selector selector, HttpResponseScanner scanner) {
            this.target = target;
            this.selector = selector;
            this.scanner = scanner;
        }
    }

    private static final byte[] NOTHING = {};

    private final Owner owner;
    private final Shared shared;
    private final boolean keepAlive;
    private final InFlightRequests flights;

    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;

    /// When opening began, while it lasts.
    private long openingSince;

    private boolean opening;

    /// The beginning of an answer whose end has not arrived.
    private byte[] inbox = NOTHING;

    private int filled;

    /// Requests that wait for the connection to open, or for room in its socket.
    private byte[] outbox = NOTHING;

    private int unsent;

    LoadConnection(Owner owner, Shared shared, ConnectionSettings plan) {
        this.owner = owner;
        this.shared = shared;
        this.keepAlive = plan.keepAlive();
        this.flights = new InFlightRequests(plan.pipeline());
    }

    InFlightRequests flights() {
        return flights;
    }

    /// Sends a request, or keeps it until the connection is open.
    void send(long intended, long now, long index, EncodedRequest request) {
        flights.add(intended, now, index, request.kind());
        SocketChannel open = channel;
        if (open == null) {
            keep(request.bytes(), 0, request.length());
            open(now);
        } else if (opening || unsent > 0) {
            keep(request.bytes(), 0, request.length());
        } else {
            write(open, request.bytes(), request.length());
        }
    }

    private void write(SocketChannel open, byte[] bytes, int length) {
        int written = 0;
        try {
            while (written < length) {
                ByteBuffer out = shared.out.clear();
                out.put(bytes, written, Math.min(out.capacity(), length - written)).flip();
                int count = open.write(out);
                written += count;
                if (out.hasRemaining()) {
                    break;
                }
            }
        } catch (IOException _) {
            lose(RequestFailure.CLOSED);
            return;
        }
        if (written < length) {
            keep(bytes, written, length - written);
            watch(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    private void keep(byte[] bytes, int from, int count) {
        if (unsent + count > outbox.length) {
            outbox = Arrays.copyOf(outbox, Math.max(2 * outbox.length, unsent + count));
        }
        System.arraycopy(bytes, from, outbox, unsent, count);
        unsent += count;
    }

    private void watch(int events) {
        SelectionKey registered = key;
        if (registered != null && registered.isValid()) {
            registered.interestOps(events);
        }
    }

    void open(long now) {
        opening = true;
        openingSince = now;
        try {
            SocketChannel fresh = SocketChannel.open();
            channel = fresh;
            fresh.configureBlocking(false);
            fresh.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean connected = fresh.connect(shared.target);
            key =
                    fresh.register(
                            shared.selector,
                            connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT,
                            this);
            if (connected) {
                connected();
            }
        } catch (IOException _) {
            lose(RequestFailure.CONNECT);
        }
    }

    boolean isOpeningLongerThan(long nanos, long now) {
        return opening && now - openingSince > nanos;
    }

    /// Handles the events of its socket.
    void ready(SelectionKey selected) {
        SocketChannel open = channel;
        if (open == null || !selected.equals(key)) {
            return;
        }
        try {
            if (opening) {
                if (open.finishConnect()) {
                    connected();
                }
                return;
            }
            if (unsent > 0 && selected.isWritable()) {
                flush(open);
            }
            if (open.equals(channel) && selected.isReadable()) {
                read(open);
            }
        } catch (IOException _) {
            lose(opening ? RequestFailure.CONNECT : RequestFailure.CLOSED);
        }
    }

    private void connected() {
        opening = false;
        watch(SelectionKey.OP_READ);
        owner.opened(this);
        SocketChannel open = channel;
        if (open != null && unsent > 0) {
            flush(open);
        }
    }

    private void flush(SocketChannel open) {
        int count = unsent;
        unsent = 0;
        // What does not fit is kept again, in the same array.
        write(open, outbox, count);
        if (unsent == 0) {
            watch(SelectionKey.OP_READ);
        }
    }

    private void read(SocketChannel open) throws IOException {
        ByteBuffer in = shared.in.clear();
        int count = open.read(in);
        if (count < 0) {
            scan(inbox, filled, true, System.nanoTime());
            return;
        }
        long now = System.nanoTime();
        in.flip();
        if (filled == 0) {
            in.get(shared.arrived, 0, count);
            scan(shared.arrived, count, false, now);
        } else {
            if (filled + count > inbox.length) {
                inbox = Arrays.copyOf(inbox, Math.max(2 * inbox.length, filled + count));
            }
            in.get(inbox, filled, count);
            scan(inbox, filled + count, false, now);
        }
    }

    /// @param noMore the server has closed: that may end an answer, and is otherwise the end of all
    ///   requests in flight
    private void scan(byte[] bytes, int length, boolean noMore, long now) {
        HttpResponseScanner scanner = shared.scanner;
        RequestFailure closing = noMore ? RequestFailure.CLOSED : null;
        int at = 0;
        int answers = 0;
        while (at < length && flights.count() > 0) {
            int end = scanner.scan(bytes, at, length, noMore);
            if (end == HttpResponseScanner.INCOMPLETE) {
                break;
            }
            if (end == HttpResponseScanner.MALFORMED) {
                closing = noMore ? RequestFailure.CLOSED : RequestFailure.HTTP_SYNTAX;
                break;
            }
            owner.answered(flights, flights.oldest(), bytes, now);
            flights.end();
            answers++;
            at = end;
            if (!scanner.keepAlive() || !keepAlive) {
                closing = RequestFailure.CLOSED;
                break;
            }
        }
        keepRest(bytes, at, length);
        if (closing != null) {
            lose(closing, answers);
        } else if (answers > 0) {
            owner.free(this, answers, false, now);
        }
    }

    private void keepRest(byte[] bytes, int from, int to) {
        filled = to - from;
        if (filled > 0) {
            if (filled > inbox.length) {
                inbox = new byte[Math.max(shared.arrived.length, filled)];
            }
            System.arraycopy(bytes, from, inbox, 0, filled);
        }
    }

    /// Closes; all requests in flight have failed.
    void lose(RequestFailure failure) {
        lose(failure, 0);
    }

    private void lose(RequestFailure failure, int answers) {
        close();
        int lost = flights.count();
        for (int i = 0; i < lost; i++) {
            owner.failed(flights, flights.oldest(), failure);
            flights.end();
        }
        boolean refused = failure == RequestFailure.CONNECT;
        if (refused) {
            owner.opened(this);
        }
        if (lost + answers > 0) {
            owner.free(this, lost + answers, refused, System.nanoTime());
        }
    }

    /// Closes without telling the owner.
    void close() {
        SocketChannel open = channel;
        channel = null;
        key = null;
        opening = false;
        filled = 0;
        unsent = 0;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // It is gone, which is all that was wanted.
            }
        }
    }
}
