package org.precertocsp.responder.intake.index;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.ProgressStream;
import org.precertocsp.responder.intake.StatusFeed;
import org.precertocsp.responder.intake.TextEncoding;
import org.precertocsp.responder.intake.TextLineReader;

/// The database of `openssl ca`, index.txt: one line for each certificate, tab-separated status,
/// expiry, revocation, serial, file name and subject.
///
/// V and E lines (E: `openssl ca -updatedb` saw the certificate expire) make the serial assigned; R
/// lines also revoke it, whatever else is in them: a date, reason or expiry that is not understood
/// is left out with a warning, and without a date the line revokes as of the load. The file does
/// not say whose certificates it lists, so that the load must name the issuer.
public final class IndexFeed implements StatusFeed {
    private static final int LOOK_AHEAD = 4;

    private final FedIssuer.Directory issuers;

    public IndexFeed(FedIssuer.Directory issuers) {
        this.issuers = issuers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRefused {
        FedIssuer issuer = file.issuer().orElseThrow(this::issuerMissing);
        IndexRows rows = new IndexRows(issuer, file, sink);
        try (InputStream in = ProgressStream.open(file)) {
            byte[] start = in.readNBytes(LOOK_AHEAD);
            TextEncoding.forbidUtf16(start, "save it as UTF-8");
            int mark = TextEncoding.markLength(start);
            InputStream whole =
                    new SequenceInputStream(
                            new ByteArrayInputStream(start, mark, start.length - mark), in);
            TextLineReader lines = new TextLineReader(whole, IndexRows.MAX_LINE);
            for (String line = lines.next(); line != null; line = lines.next()) {
                Place.Line place = new Place.Line(lines.number());
                if (lines.truncated()) {
                    rows.tooLong(place, line);
                } else if (!line.isBlank()) {
                    rows.line(place, line);
                }
            }
            rows.end();
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
}
