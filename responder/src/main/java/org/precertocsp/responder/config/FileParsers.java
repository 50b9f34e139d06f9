package org.precertocsp.responder.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterKeys;
import org.precertocsp.responder.ctlog.InvalidLogKeyException;
import org.precertocsp.responder.ctlog.LogList;
import org.precertocsp.responder.ctlog.LogListSelection;
import org.precertocsp.responder.ctlog.LogPublicKey;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Values that name files, relative to the configuration's directory.
final class FileParsers {
    // sun_path of Linux has 108 bytes, its terminator included.
    private static final int MAX_SOCKET = 107;

    private static final Pattern HOME = Pattern.compile("~[^/]*(/.*)?");

    private final ParseContext reading;

    FileParsers(ParseContext reading) {
        this.reading = reading;
    }

    /// A directory that exists or can be created later.
    ValueParser<Path> directory() {
        return text -> {
            Path path = path(text);
            if (Files.exists(path) && !Files.isDirectory(path)) {
                throw new InvalidValueException(path + " is a file, not a directory");
            }
            return path;
        };
    }

    /// A Unix-domain socket that is created later: its directory exists, and its name is short
    /// enough.
    ValueParser<Path> socket() {
        return text -> {
            Path path = path(text);
            Path folder = path.getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw new InvalidValueException("the directory of " + path + " does not exist");
            }
            if (path.toString().length() > MAX_SOCKET) {
                throw new InvalidValueException(
                        "%s is longer than the %d characters a socket's name may have"
                                .formatted(path, MAX_SOCKET));
            }
            if (Files.isRegularFile(path) || Files.isDirectory(path)) {
                throw new InvalidValueException(path + " exists and is not a socket");
            }
            return path;
        };
    }

    /// A file that can be read now.
    ValueParser<Path> file() {
        return text -> {
            Path path = path(text);
            if (!Files.exists(path)) {
                throw new InvalidValueException(
                        path + " does not exist, or this user may not see it");
            }
            if (Files.isDirectory(path)) {
                throw new InvalidValueException(path + " is a directory, not a file");
            }
            if (!Files.isReadable(path)) {
                throw new InvalidValueException(path + " may not be read by this user");
            }
            return path;
        };
    }

    /// A file with one certificate, DER or PEM.
    ValueParser<CertificateWithPath> certificate() {
        return text -> {
            Path path = file().read(text);
            List<IssuerCertificate> certificates = certificates(path);
            if (certificates.size() > 1) {
                throw new InvalidValueException(
                        "%s holds %d certificates: give each one a file of its own"
                                .formatted(path, certificates.size()));
            }
            return new CertificateWithPath(path, certificates.getFirst());
        };
    }

    /// A file whose first certificate is used; a chain may follow it.
    ValueParser<CertificateWithPath> certificateChain() {
        return text -> {
            Path path = file().read(text);
            return new CertificateWithPath(path, certificates(path).getFirst());
        };
    }

    /// The public key of a log: a file with PEM, base64 or DER, or the base64 itself.
    ValueParser<LogPublicKey> logKey() {
        return text -> {
            try {
                return LogPublicKey.named(isFile(text) ? path(text).toString() : text);
            } catch (InvalidLogKeyException e) {
                throw new InvalidValueException(String.valueOf(e.getMessage()));
            }
        };
    }

    /// A node's public key: Ed25519 in PEM.
    ValueParser<PublicKey> clusterPublicKey() {
        return text -> {
            Path path = file().read(text);
            try {
                return ClusterKeys.readPublic(path);
            } catch (IOException e) {
                throw new InvalidValueException(String.valueOf(e.getMessage()));
            }
        };
    }

    private boolean isFile(String text) throws InvalidValueException {
        return Files.isRegularFile(path(text));
    }

    /// The current content of a log list, and the file to read it from again.
    record NamedLogList(Path file, List<LogList.Listed> logs) {}

    /// A log list in JSON, version 3.
    ValueParser<NamedLogList> logList() {
        return text -> {
            Path path = file().read(text);
            try {
                return new NamedLogList(path, LogListSelection.read(path));
            } catch (InvalidLogKeyException e) {
                throw new InvalidValueException(path + ": " + e.getMessage());
            } catch (IOException e) {
                throw new InvalidValueException(path + " cannot be read: " + e.getMessage());
            }
        };
    }

    private Path path(String text) throws InvalidValueException {
        if (HOME.matcher(text).matches()) {
            throw new InvalidValueException(
                    "'~' is replaced by shells only, not here: write the whole path");
        }
        try {
            return reading.resolve(text);
        } catch (InvalidPathException e) {
            throw new InvalidValueException("not a path: " + e.getReason());
        }
    }

    private static List<IssuerCertificate> certificates(Path path) throws InvalidValueException {
        try {
            List<IssuerCertificate> certificates = new ArrayList<>();
            for (ByteString der : CertificateFile.readAll(path)) {
                certificates.add(IssuerCertificate.parse(der));
            }
            return certificates;
        } catch (InvalidCertificateException e) {
            throw new InvalidValueException(path + ": " + e.getMessage());
        }
    }

    /// A certificate file named in a configuration, and the first certificate in it.
    record CertificateWithPath(Path path, IssuerCertificate certificate) {}
}
