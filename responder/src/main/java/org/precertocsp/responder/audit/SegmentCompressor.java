package org.precertocsp.responder.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compresses full files in the background, one at a time. The compressed file's hash is recorded
/// before the original file is deleted.
final class SegmentCompressor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentCompressor.class);

    private static final int BUFFER_BYTES = 1 << 16;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    private static final Duration LOOK_EVERY = Duration.ofMinutes(10);

    private final AuditLog log;
    private final Path folder;
    private final BackgroundTasks tasks;
    private BackgroundTasks.@Nullable Task task;

    // A separate thread, since recording must not wait for a low-priority thread.
    private final ExecutorService compressing =
            Executors.newSingleThreadExecutor(LowPriorityThreads.threads("audit-compress"));

    private volatile long open;
    private volatile boolean closing;

    SegmentCompressor(AuditLog log, AuditLogConfig settings) {
        this.log = log;
        this.folder = settings.folder();
        this.tasks = settings.tasks();
    }

    /// Compresses, after a delay, every file but the one being written; failures are retried. Only
    /// the delay of the first call counts.
    synchronized void packAllBut(long writing, Duration rest) {
        open = writing;
        if (task != null) {
            task.wake();
        } else if (!closing) {
            task =
                    tasks.every(
                            "audit-pack " + folder.getFileName(), rest, LOOK_EVERY, this::packAll);
        }
    }

    private void packAll() throws IOException, InterruptedException {
        try {
            for (LogSegment segment : LogSegment.list(folder)) {
                if (!closing && !segment.packed() && segment.first() < open) {
                    pack(segment);
                }
            }
        } catch (AuditException e) {
            // Only disk space is lost, and the log reports the failure.
            LOG.warn("an audit log file in {} could not be compressed: {}", folder, e.toString());
        } catch (IOException e) {
            if (!closing) {
                throw e;
            }
        }
    }

    private void pack(LogSegment segment) throws IOException, InterruptedException {
        Path packed = LogSegment.packed(folder, segment.first());
        Path temporary = folder.resolve(packed.getFileName() + DurableFile.TEMPORARY_SUFFIX);
        String sha256 = compressed(segment, temporary);
        long bytes = Files.size(temporary);
        DurableFile.move(temporary, packed);
        long since = log.withdrawals();
        log.append(
                RecordKind.SEALED,
                Map.of("first", segment.first(), "octets", bytes, "sha256", sha256));
        log.seal(since);
        Files.delete(segment.file());
        DurableFile.syncDirectory(folder);
    }

    private String compressed(LogSegment segment, Path target)
            throws IOException, InterruptedException {
        try {
            return compressing.submit(() -> compress(segment, target)).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e);
        }
    }

    private String compress(LogSegment segment, Path target) throws IOException {
        MessageDigest digest = sha256();
        Files.deleteIfExists(target);
        DurableFile.create(target, out -> compress(segment, new DigestOutputStream(out, digest)));
        return HexFormat.of().formatHex(digest.digest());
    }

    private void compress(LogSegment segment, OutputStream out) throws IOException {
        GZIPOutputStream packed = new QuickGzip(out);
        try (InputStream in = segment.read()) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                packed.write(buffer, 0, read);
                if (closing) {
                    throw new IOException("the log is being closed");
                }
            }
        }
        packed.finish();
    }

    /// Serials and signatures are random: a higher compression level costs time and saves next to
    /// nothing.
    private static final class QuickGzip extends GZIPOutputStream {
        QuickGzip(OutputStream out) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Aborts the compression in progress; it is repeated after the next start.
    @Override
    public void close() {
        BackgroundTasks.@Nullable Task begun;
        synchronized (this) {
            closing = true;
            begun = task;
        }
        if (begun != null) {
            begun.stop();
            if (!begun.join(CLOSE_WAIT)) {
                LOG.warn("compressing an audit log file in {} does not end", folder);
            }
        }
        compressing.shutdown();
    }
}
