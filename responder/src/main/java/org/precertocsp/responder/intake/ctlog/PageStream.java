package org.precertocsp.responder.intake.ctlog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.precertocsp.responder.intake.ctlog.client.CtLog;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.client.MalformedAnswer;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;

/// All entries up to a head in order. A few pages are prefetched: each is downloaded, hashed and
/// filtered on a virtual thread of its own. Used by one thread.
final class PageStream implements AutoCloseable {
    private final CtLog log;
    private final TreeHead head;
    private final OurIssuers ours;
    private final int inFlight;
    private final ExecutorService fetchers = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Future<List<EntryPage>>> ahead = new ArrayDeque<>();
    private final Deque<EntryPage> ready = new ArrayDeque<>();
    private long next;

    /// @param first index to begin with
    /// @param inFlight pages fetched at once
    PageStream(CtLog log, TreeHead head, long first, OurIssuers ours, int inFlight) {
        this.log = log;
        this.head = head;
        this.next = first;
        this.ours = ours;
        this.inFlight = inFlight;
    }

    /// The next entries, at least one; to be called only while some are left.
    EntryPage next() throws LogUnavailable, MalformedAnswer, InterruptedException {
        if (ready.isEmpty()) {
            fetchAhead();
            ready.addAll(result(ahead.remove()));
            fetchAhead();
        }
        return ready.remove();
    }

    private void fetchAhead() {
        while (ahead.size() < inFlight && next < head.size()) {
            long size = log.pageSize();
            long end = Math.min(head.size(), next - next % size + size);
            CtLog.Range range = new CtLog.Range(next, end);
            ahead.add(fetchers.submit(() -> fetch(range)));
            next = end;
        }
    }

    // A log may return fewer entries than requested (CT-07).
    private List<EntryPage> fetch(CtLog.Range range)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        List<EntryPage> pages = new ArrayList<>();
        long at = range.from();
        while (at < range.to()) {
            EntryPage page = log.entries(new CtLog.Range(at, range.to()), head, ours);
            pages.add(page);
            at += page.count();
        }
        return pages;
    }

    private static List<EntryPage> result(Future<List<EntryPage>> future)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case LogUnavailable unavailable -> throw unavailable;
                case MalformedAnswer malformed -> throw malformed;
                case InterruptedException interrupted -> throw interrupted;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        ahead.forEach(future -> future.cancel(true));
        fetchers.shutdownNow();
        fetchers.close();
    }
}
