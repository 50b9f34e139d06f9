package org.precertocsp.responder.admin;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Limits uploads: how many are under way at once, and how much disk space they take together.
/// Thread-safe.
///
/// [RequestLimiter] allows a caller 128 requests at once, and each upload may be as large as
/// `maxUpload`; without a limit of their own, one caller's uploads would fill the volume. An upload
/// is under way from its first byte until its file is loaded and deleted. A caller at its limit
/// waits for one of its uploads to end, and is refused if none does in time.
///
/// Disk space is claimed before it is written: the announced length at once, an unknown length in
/// steps. A claim is granted only if the volume keeps its reserve after every upload has written
/// all that it has claimed. So uploads that each fit alone cannot fill the volume together.
final class UploadLimiter {
    /// Uploads under way at once.
    static final int MAX_UPLOADS = 8;

    /// Of one caller, so that four callers fit beside each other.
    static final int MAX_UPLOADS_PER_CALLER = 2;

    /// Claimed at once of an upload whose length is unknown.
    static final long STEP = 16 << 20;

    /// As the reserve of the volumes that are monitored: a quarter of a gigabyte, or less on a
    /// small volume.
    private static final long RESERVE = 250_000_000;

    private static final long RESERVE_PART = 40;

    /// The limit that refused an upload.
    enum Limit {
        /// The caller has as many uploads under way as it may have.
        CALLER,
        /// All callers together have.
        ALL,
        /// The volume has too little space.
        SPACE;

        /// As a metric's label: `caller`.
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The current state, for metrics.
    ///
    /// @param active uploads under way
    /// @param refused since the start, by limit
    record State(int active, Map<Limit, Long> refused) {
        State {
            refused = Map.copyOf(refused);
        }
    }

    /// The volume uploads are written to; tests replace it.
    interface Volume {
        long totalBytes() throws IOException;

        long usableBytes() throws IOException;

        /// The volume of a directory that exists.
        static Volume of(Path directory) {
            return new Volume() {
                @Override
                public long totalBytes() throws IOException {
                    return store().getTotalSpace();
                }

                @Override
                public long usableBytes() throws IOException {
                    return store().getUsableSpace();
                }

                private FileStore store() throws IOException {
                    return Files.getFileStore(directory);
                }
            };
        }
    }

    private final Volume volume;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    // Guarded by the lock.
    private final Map<String, Integer> activeOf = new HashMap<>();
    private final Map<Limit, Long> refused = new EnumMap<>(Limit.class);
    private int active;
    private long claimed;

    /// @param patience how long an upload waits for another one to end before it is refused
    UploadLimiter(Volume volume, Duration patience) {
        this.volume = volume;
        this.patience = patience;
        for (Limit limit : Limit.values()) {
            refused.put(limit, 0L);
        }
    }

    /// Begins an upload; waits while the limits leave no room for it.
    ///
    /// @param announced its length; 0 where it is unknown
    /// @throws ApiException of kind BUSY: too many uploads, or too little disk space
    Upload begin(String caller, long announced) throws ApiException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (isFull(caller)) {
                if (left <= 0) {
                    throw tooMany(caller);
                }
                left = ended.awaitNanos(left);
            }
            Upload upload = new Upload(caller);
            upload.claim(announced);
            activeOf.merge(caller, 1, Integer::sum);
            active++;
            return upload;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull(String caller) {
        return active >= MAX_UPLOADS || isFullOf(caller);
    }

    private boolean isFullOf(String caller) {
        return activeOf.getOrDefault(caller, 0) >= MAX_UPLOADS_PER_CALLER;
    }

    private ApiException tooMany(String caller) {
        boolean own = isFullOf(caller);
        refused.merge(own ? Limit.CALLER : Limit.ALL, 1L, Long::sum);
        return ApiException.of(
                ApiException.Kind.BUSY,
                own
                        ? "%s has %d uploads under way already: try again when one of them has ended"
                                .formatted(caller, MAX_UPLOADS_PER_CALLER)
                        : "%d uploads are under way already: try again when one of them has ended"
                                .formatted(MAX_UPLOADS));
    }

    State state() {
        lock.lock();
        try {
            return new State(active, refused);
        } finally {
            lock.unlock();
        }
    }

    /// One upload under way, until closed.
    final class Upload implements AutoCloseable {
        private final String caller;

        // Claimed and not written yet; guarded by the lock.
        private long rest;

        private Upload(String caller) {
            this.caller = caller;
        }

        /// To be called before bytes are written.
        ///
        /// @throws ApiException of kind BUSY: the volume has too little space for them
        void beforeWriting(int bytes) throws ApiException {
            lock.lock();
            try {
                if (bytes > rest) {
                    claim(Math.max(bytes - rest, Math.min(STEP, room())));
                }
                rest -= bytes;
                claimed -= bytes;
            } finally {
                lock.unlock();
            }
        }

        private void claim(long bytes) throws ApiException {
            if (bytes > 0 && bytes > room()) {
                refused.merge(Limit.SPACE, 1L, Long::sum);
                throw ApiException.of(
                        ApiException.Kind.BUSY,
                        "the server's volume for uploads has no room for %,d more bytes: try again"
                                        .formatted(bytes)
                                + " when other uploads have ended, or make room in its temporary"
                                + " directory");
            }
            rest += bytes;
            claimed += bytes;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                claimed -= rest;
                rest = 0;
                active--;
                activeOf.computeIfPresent(caller, (_, own) -> own == 1 ? null : own - 1);
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// The bytes that may be claimed now.
    private long room() throws ApiException {
        try {
            long reserve = Math.min(RESERVE, volume.totalBytes() / RESERVE_PART);
            return volume.usableBytes() - claimed - reserve;
        } catch (IOException e) {
            throw ApiException.of(
                    ApiException.Kind.UNAVAILABLE,
                    "the free space for uploads cannot be determined: " + e.getMessage());
        }
    }
}
