package org.precertocsp.responder.intake.crl;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerStreamReader;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.responder.intake.FeedRejectedException;

/// The DER of a CRL, read once from front to back and hashed on the way, so that a change of the
/// file between two passes is detected.
final class CrlStream implements Closeable {
    private final MessageDigest digest = sha256();
    private final DerStreamReader der;

    CrlStream(InputStream in) {
        this.der = new DerStreamReader(new DigestInputStream(in, digest));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static FeedRejectedException refused(MalformedDerException cause) {
        return new FeedRejectedException("not a well-formed CRL: " + cause.getMessage(), cause);
    }

    DerStreamReader der() {
        return der;
    }

    /// Skips the rest, and returns the SHA-256 of the whole input.
    ByteString finish() throws IOException {
        der.skipRest();
        return ByteString.of(digest.digest());
    }

    @Override
    public void close() throws IOException {
        der.close();
    }
}
