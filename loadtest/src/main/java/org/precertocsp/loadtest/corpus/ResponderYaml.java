package org.precertocsp.loadtest.corpus;

import java.nio.file.Path;
import java.util.Optional;

/// A configuration of precert-ocsp that serves a corpus.
///
/// @param corpus directory of its certificates and key
/// @param store directory of the store; the spool and the audit log are beside it
/// @param listen `host:port`
/// @param admin `host:port` for metrics; absent: none
/// @param presign a value for the issuer's `presign`; absent for a version without this setting
public record ResponderYaml(
        Path corpus, Path store, String listen, Optional<String> admin, Optional<String> presign) {
    /// The name of the issuer in it.
    public static final String ISSUER = "synthetic";

    @Override
    public String toString() {
        String adminLine = admin.map("admin: {listen: \"%s\"}\n"::formatted).orElse("");
        String presignLine = presign.map("    presign: %s\n"::formatted).orElse("");
        return """
        # Written by precert-load; `precert-ocsp config sample` explains every key.
        store: {directory: "%2$s"}
        spool: {directory: "%2$s-spool", poll: 200ms}
        http: {listen: ["%3$s"]}
        %4$sissuers:
          - name: %5$s
            certificates: ["%1$s"]
            profile: tls
        %6$s    responder:
              certificate: "%7$s"
              key: {pem: {file: "%8$s"}}
        """
                .formatted(
                        corpus.resolve(Corpus.ISSUER),
                        store,
                        listen,
                        adminLine,
                        ISSUER,
                        presignLine,
                        corpus.resolve(Corpus.DELEGATE),
                        corpus.resolve(Corpus.DELEGATE_KEY));
    }
}
