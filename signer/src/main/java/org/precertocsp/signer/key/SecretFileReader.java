package org.precertocsp.signer.key;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Reads small files that contain secrets.
final class SecretFileReader {
    private static final Set<PosixFilePermission> OTHERS_READ =
            EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    private SecretFileReader() {}

    static byte[] read(Path file, int maxBytes) throws SigningKeyException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(maxBytes + 1);
            if (content.length > maxBytes) {
                throw new SigningKeyException(
                        file + " is larger than " + maxBytes + " bytes", null);
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new SigningKeyException("there is no file " + file, e);
        } catch (AccessDeniedException e) {
            throw new SigningKeyException("this process may not read " + file, e);
        } catch (IOException e) {
            throw new SigningKeyException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /// A message if accounts other than the owner may read the file.
    static Optional<String> permissionWarning(Path file) {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
        try {
            if (view == null) {
                return Optional.empty();
            }
            Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS_READ);
            open.retainAll(view.readAttributes().permissions());
            return open.isEmpty()
                    ? Optional.empty()
                    : Optional.of(file + " can be read by its group or by others; chmod 600 it");
        } catch (IOException e) {
            return Optional.empty(); // reported when it is opened
        }
    }
}
