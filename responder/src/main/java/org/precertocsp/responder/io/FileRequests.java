package org.precertocsp.responder.io;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.precertocsp.der.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a command send a request to the running server without a port: it puts a request file into
/// a directory that the server scans every fraction of a second, and waits for a file with the
/// reply.
///
/// The server reads and deletes a request before it acts on it. So the command knows that a server
/// is running, however long the work takes, and a request that fails halfway is not repeated. The
/// command deletes its request, and a reply that it did not wait for. Files of both sides appear
/// complete.
///
/// Anyone who may write into the directory may send requests, so only the server may own it.
/// [Request] names the owner of the file, for the audit log.
public final class FileRequests {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Logger LOG = LoggerFactory.getLogger(FileRequests.class);

    /// @param owner of the file, as the system reports it
    public record Request(ByteString content, String owner) {}

    /// Processes requests on the server.
    @FunctionalInterface
    public interface Handler {
        /// @return the reply
        byte[] handle(Request request);
    }

    /// No server took the request, which has been deleted.
    public static final class NotTaken extends IOException {
        private static final long serialVersionUID = 1L;

        private NotTaken(Path directory) {
            super("no server takes requests from " + directory);
        }
    }

    /// A server took the request and has not replied; the work may continue.
    public static final class NoReply extends IOException {
        private static final long serialVersionUID = 1L;

        private NoReply(Duration limit) {
            super("the server has not replied within %s".formatted(limit));
        }
    }

    private final Path directory;
    private final String requestSuffix;
    private final String replySuffix;

    /// @param requestSuffix of the names of requests, such as `.request`
    /// @param replySuffix likewise of replies
    public FileRequests(Path directory, String requestSuffix, String replySuffix) {
        this.directory = directory;
        this.requestSuffix = requestSuffix;
        this.replySuffix = replySuffix;
    }

    /// Sends a request, and blocks until the reply arrives.
    ///
    /// @param taken maximum wait until a server takes it
    /// @param replied maximum wait from then on
    /// @throws NotTaken no server was there in time
    /// @throws NoReply it was taken, and there was no reply in time
    public byte[] send(byte[] content, Duration taken, Duration replied) throws IOException {
        String id = UUID.randomUUID().toString();
        Path request = directory.resolve(id + requestSuffix);
        Path reply = directory.resolve(id + replySuffix);
        DurableFile.replace(request, content);
        try {
            if (!await(() -> !Files.exists(request), taken) && Files.deleteIfExists(request)) {
                throw new NotTaken(directory);
            }
            if (!await(() -> Files.exists(reply), replied)) {
                throw new NoReply(replied);
            }
            return Files.readAllBytes(reply);
        } finally {
            Files.deleteIfExists(request);
            Files.deleteIfExists(reply);
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static boolean await(Condition condition, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for the server", e);
            }
        }
        return true;
    }

    /// The server's side: handles all pending requests, one after the other.
    ///
    /// @throws IOException the directory cannot be used
    public void handleAll(Handler handler) throws IOException {
        try (DirectoryStream<Path> requests =
                Files.newDirectoryStream(directory, "[!.]*" + requestSuffix)) {
            for (Path file : requests) {
                Optional<Request> request = read(file);
                if (Files.deleteIfExists(file) && request.isPresent()) {
                    reply(file, handler.handle(request.get()));
                }
            }
        }
    }

    private static Optional<Request> read(Path file) {
        try {
            // An empty file can be handled without the permission to read it.
            byte[] content = Files.size(file) == 0 ? new byte[0] : Files.readAllBytes(file);
            String owner = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
            return Optional.of(new Request(ByteString.of(content), owner));
        } catch (NoSuchFileException _) {
            // The command withdrew its request.
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("a request of a command is not read, and gets no reply", e);
            return Optional.empty();
        }
    }

    private void reply(Path request, byte[] reply) {
        String name = String.valueOf(request.getFileName());
        String id = name.substring(0, name.length() - requestSuffix.length());
        try {
            DurableFile.replace(directory.resolve(id + replySuffix), reply);
        } catch (IOException e) {
            LOG.error("the reply to {} could not be written", name, e);
        }
    }
}
