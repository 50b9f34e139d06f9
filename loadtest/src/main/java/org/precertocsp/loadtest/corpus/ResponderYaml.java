package org.precertocsp.loadtest.corpus;

import java.nio.file.Path;
import java.util.Optional;

/// A configuration of precert-ocsp that serves a corpus.
///
/// @param corpus directory of its certificates and key
/// @param store directory of the store; the spool is beside it
/// @param listen `host:port`
/// @param presign a value for the issuer's `presign`; absent for a version without this setting
public record ResponderYaml(Path corpus, Path store, String listen, Optional<String> presign) {
    /// The name of the issuer in it.
    public static final String ISSUER = "synthetic";

    @Override
    public String toString() {
        String presignLine = presign.map("    presign: %s\n"::formatted).orElse("");
        return """
        # Written by precert-load; `precert-ocsp config sample` explains every key.
        store: {directory: "%2$s"}
        spool: {directory: "%2$s-spool", poll: 200ms}
        http: {listen: ["%3$s"]}
        issuers:
          - name: %4$s
            certificates: ["%1$s"]
            profile: tls
        %5$s    responder:
              certificate: "%6$s"
              key: {pem: {file: "%7$s"}}
        """
                .formatted(
                        corpus.resolve(Corpus.ISSUER),
                        store,
                        listen,
                        ISSUER,
                        presignLine,
                        corpus.resolve(Corpus.DELEGATE),
                        corpus.resolve(Corpus.DELEGATE_KEY));
    }
}
