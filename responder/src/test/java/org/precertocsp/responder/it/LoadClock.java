package org.precertocsp.responder.it;

import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.responder.ctlog.TestLogServer;

/// How far a process that reads a log has come, told by what it asks the log for. Thread-safe.
final class LoadClock implements Consumer<URI> {
    private static final Pattern PAGE = Pattern.compile("/ct/v1/get-entries\\?start=(\\d+).*");
    private static final Pattern TILE =
            Pattern.compile("/tile/data/((?:x\\d{3}/)*\\d{3})(?:\\.p/\\d+)?");
    private static final Pattern HEAD = Pattern.compile("/ct/v1/get-sth|/checkpoint");
    private static final Pattern PROOF =
            Pattern.compile("/ct/v1/get-sth-consistency\\?.*|/tile/\\d/.*");
    private static final int TILE_WIDTH = 256;

    private final Predicate<LoadClock> awaited;
    private final CountDownLatch come = new CountDownLatch(1);
    private boolean headRead;
    private long asked = -1;
    private int proofs;
    private long lastEntriesNanos = System.nanoTime();

    /// @param awaited looked at after every request
    LoadClock(TestLogServer server, Predicate<LoadClock> awaited) {
        this.awaited = awaited;
        server.tell(this);
    }

    /// Counts down once what is awaited has come.
    CountDownLatch come() {
        return come;
    }

    /// Whether the process has asked for something after it had the log's head.
    synchronized boolean isPastHead() {
        return headRead && (asked >= 0 || proofs > 0);
    }

    /// The highest entry a page or tile was asked for from; negative before the first.
    synchronized long asked() {
        return asked;
    }

    /// Proofs asked for since the first entries were.
    synchronized int proofsOfEntries() {
        return asked < 0 ? 0 : proofs;
    }

    /// When entries were asked for last.
    synchronized long lastEntriesNanos() {
        return lastEntriesNanos;
    }

    @Override
    public synchronized void accept(URI uri) {
        String request = uri.toString();
        if (!headRead && !HEAD.matcher(request).matches()) {
            // Of a process that was killed before this one began.
            return;
        }
        Matcher page = PAGE.matcher(request);
        Matcher tile = TILE.matcher(request);
        if (page.matches()) {
            entries(Long.parseLong(page.group(1)));
        } else if (tile.matches()) {
            entries(TILE_WIDTH * Long.parseLong(tile.group(1).replaceAll("[x/]", "")));
        } else if (PROOF.matcher(request).matches()) {
            proofs++;
        }
        if (awaited.test(this)) {
            come.countDown();
        }
        // After the look: it is the next request that shows the head was read.
        headRead |= HEAD.matcher(request).matches();
    }

    private void entries(long first) {
        if (asked < 0) {
            // What was proven before concerned heads.
            proofs = 0;
        }
        asked = Math.max(asked, first);
        lastEntriesNanos = System.nanoTime();
    }
}
