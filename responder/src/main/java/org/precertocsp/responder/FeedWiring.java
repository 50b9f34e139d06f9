package org.precertocsp.responder;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.responder.alert.Alarm;
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
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.IssuerCertificate;

/// [Wiring]'s part for what is fed. The certificates a configuration names are read once, here.
///
/// @param alarm where a feed raises what an operator must see at once
record FeedWiring(
        ServerConfig config,
        FedIssuer.Directory issuers,
        PrecertificateSigners signers,
        InstantSource clock,
        Alarm alarm) {
    /// For commands, which print what a feed reports.
    static FeedWiring of(ServerConfig config, InstantSource clock) throws CertificateProblem {
        return of(config, clock, _ -> {});
    }

    static FeedWiring of(ServerConfig config, InstantSource clock, Alarm alarm)
            throws CertificateProblem {
        FedIssuer.Directory issuers = issuers(config);
        return new FeedWiring(config, issuers, signers(config, issuers), clock, alarm);
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
                    case CRL -> new CrlFeed(issuers, clock, ownCertificates(), alarm);
                    case INDEX -> new IndexFeed(issuers);
                    case CSV -> new CsvFeed(issuers);
                };
    }

    /// The certificates this responder works with: its delegates, and the issuers' own. Read anew
    /// for each load, since they are renewed while the server runs.
    private Map<String, IssuerCertificate> ownCertificates() {
        Map<String, IssuerCertificate> own = new HashMap<>();
        for (ServerConfig.Issuer issuer : config.issuers()) {
            issuer.credential()
                    .flatMap(CredentialSource::certificate)
                    .ifPresent(
                            file ->
                                    add(
                                            own,
                                            file,
                                            "the responder certificate of issuer "
                                                    + issuer.name()));
            for (Path file : issuer.certificates()) {
                add(own, file, "a certificate of issuer %s (%s)".formatted(issuer.name(), file));
            }
        }
        return own;
    }

    private static void add(Map<String, IssuerCertificate> own, Path file, String what) {
        try {
            own.put(what, CertificateFile.readFirst(file));
        } catch (CertificateProblem e) {
            // Whether it can be used is judged where it is used.
        }
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
