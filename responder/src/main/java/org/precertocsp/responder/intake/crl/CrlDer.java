package org.precertocsp.responder.intake.crl;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.Optional;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.ProgressStream;

/// The DER in a CRL file, wrapped in PEM or not, to be read as often as needed.
final class CrlDer {
    private static final int SEQUENCE_TAG = 0x30;

    private final FeedFile file;
    private final Optional<PemBody> pem;

    private CrlDer(FeedFile file, Optional<PemBody> pem) {
        this.file = file;
        this.pem = pem;
    }

    static CrlDer of(FeedFile file) throws FeedRefused, IOException {
        if (isDer(file)) {
            return new CrlDer(file, Optional.empty());
        }
        try (InputStream in = ProgressStream.open(file)) {
            Optional<PemBody> pem = PemBody.find(in);
            if (pem.isEmpty()) {
                throw new FeedRefused(
                        "neither DER nor PEM: no CRL begins the file, and no line says"
                                + " -----BEGIN X509 CRL-----");
            }
            return new CrlDer(file, pem);
        }
    }

    /// No CRL is shorter than 128 octets, so its length takes several octets, the first above 127;
    /// no text begins so.
    private static boolean isDer(FeedFile file) throws IOException {
        try (InputStream in = ProgressStream.open(file)) {
            byte[] start = in.readNBytes(2);
            return start.length == 2 && start[0] == SEQUENCE_TAG && start[1] < 0;
        }
    }

    /// A new reading from the start.
    DerInput open() throws IOException {
        InputStream in = ProgressStream.open(file);
        if (pem.isEmpty()) {
            return new DerInput(in);
        }
        try {
            in.skipNBytes(pem.get().start());
        } catch (IOException e) {
            in.close();
            throw e;
        }
        InputStream body = new Limited(in, pem.get().end() - pem.get().start());
        return new DerInput(Base64.getMimeDecoder().wrap(new BufferedInputStream(body, 1 << 16)));
    }

    /// Ends where the PEM block does.
    private static final class Limited extends FilterInputStream {
        private long left;

        Limited(InputStream in, long left) {
            super(in);
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = super.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }
    }
}
