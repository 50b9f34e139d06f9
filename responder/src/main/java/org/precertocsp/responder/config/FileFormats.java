package org.precertocsp.responder.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.head.BadLogKey;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.intake.ctlog.head.LogList;
import org.precertocsp.responder.intake.ctlog.watch.ListedLogs;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// Values that name files, relative to the configuration's folder.
final class FileFormats {
    // sun_path of Linux has 108 bytes, its end included.
    private static final int MAX_SOCKET = 107;

    private static final Pattern HOME = Pattern.compile("~[^/]*(/.*)?");

    private final Reading reading;

    FileFormats(Reading reading) {
        this.reading = reading;
    }

    /// A folder that is there or can be made later.
    Format<Path> directory() {
        return text -> {
            Path path = path(text);
            if (Files.exists(path) && !Files.isDirectory(path)) {
                throw new BadValue(path + " is a file, not a directory");
            }
            return path;
        };
    }

    /// A Unix-domain socket that is made later: its folder is there, and its name short enough.
    Format<Path> socket() {
        return text -> {
            Path path = path(text);
            Path folder = path.getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw new BadValue("the folder of " + path + " does not exist");
            }
            if (path.toString().length() > MAX_SOCKET) {
                throw new BadValue(
                        "%s is longer than the %d characters a socket's name may have"
                                .formatted(path, MAX_SOCKET));
            }
            if (Files.isRegularFile(path) || Files.isDirectory(path)) {
                throw new BadValue(path + " exists and is not a socket");
            }
            return path;
        };
    }

    /// A file that can be read now.
    Format<Path> file() {
        return text -> {
            Path path = path(text);
            if (!Files.exists(path)) {
                throw new BadValue(path + " does not exist, or this user may not see it");
            }
            if (Files.isDirectory(path)) {
                throw new BadValue(path + " is a directory, not a file");
            }
            if (!Files.isReadable(path)) {
                throw new BadValue(path + " may not be read by this user");
            }
            return path;
        };
    }

    /// A file of one certificate, DER or PEM.
    Format<NamedCertificate> certificate() {
        return text -> {
            Path path = file().read(text);
            List<IssuerCertificate> certificates = certificates(path);
            if (certificates.size() > 1) {
                throw new BadValue(
                        "%s holds %d certificates: give each one a file of its own"
                                .formatted(path, certificates.size()));
            }
            return new NamedCertificate(path, certificates.getFirst());
        };
    }

    /// A file whose first certificate counts; a chain may follow it.
    Format<NamedCertificate> certificateChain() {
        return text -> {
            Path path = file().read(text);
            return new NamedCertificate(path, certificates(path).getFirst());
        };
    }

    /// The public key of a log: a file of PEM, base64 or DER, or the base64 itself.
    Format<LogKey> logKey() {
        return text -> {
            try {
                return LogKey.named(isFile(text) ? path(text).toString() : text);
            } catch (BadLogKey e) {
                throw new BadValue(String.valueOf(e.getMessage()));
            }
        };
    }

    private boolean isFile(String text) throws BadValue {
        return Files.isRegularFile(path(text));
    }

    /// A log list as it is now, and where to read it again.
    record NamedLogList(Path file, List<LogList.Listed> logs) {}

    /// A log list in JSON, version 3.
    Format<NamedLogList> logList() {
        return text -> {
            Path path = file().read(text);
            try {
                return new NamedLogList(path, ListedLogs.read(path));
            } catch (BadLogKey e) {
                throw new BadValue(path + ": " + e.getMessage());
            } catch (IOException e) {
                throw new BadValue(path + " cannot be read: " + e.getMessage());
            }
        };
    }

    private Path path(String text) throws BadValue {
        if (HOME.matcher(text).matches()) {
            throw new BadValue("'~' is replaced by shells only, not here: write the whole path");
        }
        try {
            return reading.resolve(text);
        } catch (InvalidPathException e) {
            throw new BadValue("not a path: " + e.getReason());
        }
    }

    private static List<IssuerCertificate> certificates(Path path) throws BadValue {
        try {
            List<IssuerCertificate> certificates = new ArrayList<>();
            for (Octets der : CertificateFile.readAll(path)) {
                certificates.add(IssuerCertificate.parse(der));
            }
            return certificates;
        } catch (CertificateProblem e) {
            throw new BadValue(path + ": " + e.getMessage());
        }
    }
}
