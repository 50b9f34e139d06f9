package org.precertocsp.responder.intake.index;

import java.io.IOException;
import java.io.InputStream;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.ProgressStream;
import org.precertocsp.responder.intake.StatusFeed;

/// The database of `openssl ca`, index.txt: one line for each certificate, tab-separated status,
/// expiry, revocation, serial, file name and subject.
///
/// V and E lines (E: `openssl ca -updatedb` saw the certificate expire) make the serial assigned; R
/// lines also revoke it. The file does not say whose certificates it lists, so that the load must
/// name the issuer.
public final class IndexFeed implements StatusFeed {
    private final FedIssuer.Directory issuers;

    public IndexFeed(FedIssuer.Directory issuers) {
        this.issuers = issuers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRefused {
        FedIssuer issuer = file.issuer().orElseThrow(this::issuerMissing);
        IndexRows rows = new IndexRows(issuer, file.source().takenIn(), sink);
        try (InputStream in = ProgressStream.open(file)) {
            new LineReader(in).forEach(rows);
        } catch (IOException e) {
            throw new FeedRefused("the index cannot be read: " + e.getMessage(), e);
        }
    }

    private FeedRefused issuerMissing() {
        return new FeedRefused(
                ("index.txt does not say whose certificates it lists: name the issuer's"
                                + " certificate with --issuer (configured: %s)")
                        .formatted(
                                String.join(
                                        ", ",
                                        issuers.issuers().stream().map(FedIssuer::name).toList())));
    }

    /// Takes the lines of a file.
    interface Lines {
        void line(Place.Line place, String text);

        /// A line longer than [LineReader#MAX_LINE], of which nothing else is known.
        void tooLong(Place.Line place);
    }
}
