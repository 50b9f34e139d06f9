package org.precertocsp.responder;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.Feeds;
import org.precertocsp.responder.intake.certificate.CertificateFeed;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.certificate.PrecertificateSigners;
import org.precertocsp.responder.intake.certificate.SubmittedCertificates;
import org.precertocsp.responder.intake.crl.CrlFeed;
import org.precertocsp.responder.intake.csv.CsvFeed;
import org.precertocsp.responder.intake.index.IndexFeed;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// [Wiring]'s part for what is fed. The certificates a configuration names are read once, here.
record FeedWiring(FedIssuer.Directory issuers, PrecertificateSigners signers, InstantSource clock) {
    static FeedWiring of(ServerConfig config, InstantSource clock) throws CertificateProblem {
        FedIssuer.Directory issuers = issuers(config);
        return new FeedWiring(issuers, signers(config, issuers), clock);
    }

    static FedIssuer.Directory issuers(ServerConfig config) throws CertificateProblem {
        List<FedIssuer> issuers = new ArrayList<>();
        for (ServerConfig.Issuer issuer : config.issuers()) {
            issuers.add(
                    new FedIssuer(issuer.name(), parse(issuer.certificates()), issuer.profile()));
        }
        return new FedIssuer.Directory(issuers);
    }

    private static PrecertificateSigners signers(ServerConfig config, FedIssuer.Directory fed)
            throws CertificateProblem {
        List<IssuerCertificate> configured = new ArrayList<>();
        for (ServerConfig.Issuer issuer : config.issuers()) {
            configured.addAll(parse(issuer.precertificateSigning()));
        }
        return PrecertificateSigners.of(fed, configured);
    }

    Feeds feeds() {
        return (kind, together) ->
                switch (kind) {
                    case CERTIFICATES -> new CertificateFeed(with(signers, together));
                    case CRL -> new CrlFeed(issuers, clock);
                    case INDEX -> new IndexFeed(issuers);
                    case CSV -> new CsvFeed(issuers);
                };
    }

    LoggedCertificates logged() {
        return new LoggedCertificates(signers);
    }

    SubmittedCertificates submitted() {
        return new SubmittedCertificates(signers);
    }

    private static PrecertificateSigners with(PrecertificateSigners signers, List<Path> files) {
        PrecertificateSigners all = signers;
        for (Path file : files) {
            all = all.withThoseIn(file);
        }
        return all;
    }

    private static List<IssuerCertificate> parse(List<Path> files) throws CertificateProblem {
        List<IssuerCertificate> certificates = new ArrayList<>();
        for (Path file : files) {
            certificates.add(CertificateFile.readFirst(file));
        }
        return certificates;
    }
}
