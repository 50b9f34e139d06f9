package org.precertocsp.responder;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.config.ConfiguredIssuers;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.certificate.CertificateFeed;
import org.precertocsp.responder.intake.certificate.PrecertificateSigningCertificates;
import org.precertocsp.responder.intake.crl.CrlFeed;
import org.precertocsp.responder.intake.list.CsvFeed;
import org.precertocsp.responder.intake.list.IndexFeed;

/// Creates the feed for each kind of file, for the server and for commands.
///
/// @param alarm receives incidents that an operator must see at once
record FeedFactory(ConfiguredIssuers issuers, InstantSource clock, Alarm alarm)
        implements FeedProvider {
    @Override
    public FeedReader feed(FeedKind kind, List<Path> together) {
        return switch (kind) {
            case CERTIFICATES -> new CertificateFeed(signers(together));
            case CRL -> new CrlFeed(issuers.directory(), clock, issuers.ownCertificates(), alarm);
            case INDEX -> new IndexFeed(issuers.directory());
            case CSV -> new CsvFeed(issuers.directory());
        };
    }

    private PrecertificateSigningCertificates signers(List<Path> files) {
        PrecertificateSigningCertificates all = issuers.signers();
        for (Path file : files) {
            all = all.withThoseIn(file);
        }
        return all;
    }
}
