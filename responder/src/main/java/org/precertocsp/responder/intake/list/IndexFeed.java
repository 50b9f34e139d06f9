package org.precertocsp.responder.intake.list;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedInputStream;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TextEncoding;
import org.precertocsp.responder.intake.TextLineReader;

/// The database of `openssl ca`, index.txt: one line for each certificate, tab-separated status,
/// expiry, revocation, serial, file name and subject.
///
/// V and E lines (E: `openssl ca -updatedb` saw the certificate expire) make the serial assigned; R
/// lines also revoke it, whatever else they contain: a date, reason or expiry that is not
/// understood is left out with a warning, and without a date the line revokes as of the load. The
/// file does not name the issuer of its certificates, so the load must name it.
public final class IndexFeed implements FeedReader {
    private static final int LOOK_AHEAD = 4;

    private final ConfiguredIssuer.Directory issuers;

    public IndexFeed(ConfiguredIssuer.Directory issuers) {
        this.issuers = issuers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRejectedException {
        ConfiguredIssuer issuer = file.issuer().orElseThrow(this::issuerMissing);
        IndexRowParser rows = new IndexRowParser(issuer, file, sink);
        try (InputStream in = FeedInputStream.open(file)) {
            byte[] start = in.readNBytes(LOOK_AHEAD);
            TextEncoding.forbidUtf16(start, "save it as UTF-8");
            int mark = TextEncoding.markLength(start);
            InputStream whole =
                    new SequenceInputStream(
                            new ByteArrayInputStream(start, mark, start.length - mark), in);
            TextLineReader lines = new TextLineReader(whole, IndexRowParser.MAX_LINE);
            for (String line = lines.next(); line != null; line = lines.next()) {
                SourceLocation.Line place = new SourceLocation.Line(lines.number());
                if (lines.truncated()) {
                    rows.tooLong(place, line);
                } else if (!line.isBlank()) {
                    rows.line(place, line);
                }
            }
            rows.end();
        } catch (IOException e) {
            throw new FeedRejectedException("the index cannot be read: " + e.getMessage(), e);
        }
    }

    private FeedRejectedException issuerMissing() {
        return new FeedRejectedException(
                ("index.txt does not say whose certificates it lists: name the issuer's"
                                + " certificate with --issuer (configured: %s)")
                        .formatted(
                                String.join(
                                        ", ",
                                        issuers.issuers().stream()
                                                .map(ConfiguredIssuer::name)
                                                .toList())));
    }
}
