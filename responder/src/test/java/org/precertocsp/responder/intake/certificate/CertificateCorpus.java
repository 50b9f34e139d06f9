package org.precertocsp.responder.intake.certificate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What must become of each file of the corpus, and why.
final class CertificateCorpus {
    /// A file, and below it what is assigned, refused or warned of in it, in that order. `…` stands
    /// for any words.
    private static final String EXPECTED =
            """
            precerts/collected/FiloSottile-sunlight/ctlog_test.go__d1070e59.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/cloudflare-azul/add-pre-chain.json__59a81845.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-boringssl/precertificate__ca8b2397.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency-go/cert_checker_test.go__97d5a00e.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency-go/certificates.go__d82d458b.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency-go/precert__af32fa45.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency-go/serialization_test.go__179f4f36.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency-go/subleaf-pre.cert__6095e8d8.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency-go/subleaf-pre.chain__f109ee8e.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency/cert_checker_test.cc__569a3e0b.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency/cert_checker_test.cc__82ff7a18.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/google-certificate-transparency/test-embedded-pre-cert__9f871dde.precert.der
                precertificate 07
                warned … too few
            precerts/collected/google-certificate-transparency/test-embedded-with-intermediate-pre-cert__9ee06959.precert.der
                precertificate 02
                warned … too few
            precerts/collected/google-certificate-transparency/test-embedded-with-intermediate-preca-pre-cert__7ea23c53.precert.der
                precertificate 03
                warned … too few
            precerts/collected/google-certificate-transparency/test-embedded-with-preca-pre-cert__d28634f7.precert.der
                precertificate 08
                warned … too few
            precerts/collected/google-certificate-transparency/test_signer.cc__ce4af666.precert.der
                refused offset 0 … its signature does not verify
            precerts/collected/transparency-dev-static-ct/test_leaf_pre_cert_signed_by_intermediate__a418c463.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/transparency-dev-static-ct/test_leaf_pre_cert_signed_by_pre_intermediate__7c364b31.precert.der
                refused offset 0 … not issued by a configured issuer
            precerts/collected/transparency-dev-static-ct/test_leaf_pre_cert_signed_by_root__3dbfb95c.precert.der
                refused offset 0 … not issued by a configured issuer
            pairs/LICENSE
                file refused no certificate in the file
            pairs/ca-cert.pem
                certificate 00
                warned … is zero
            pairs/ca-pre-cert.pem
                certificate 01
                warned … too few
            pairs/ct-server-key-public.pem
                file refused no certificate … line 1: not a certificate but PUBLIC KEY
            pairs/google-cert.pem
                refused line 53 … not issued by a configured issuer
            pairs/google-ct-dev-server-key-public.pem
                file refused no certificate … line 1: not a certificate but PUBLIC KEY
            pairs/google-ct-pilot-server-key-public.pem
                file refused no certificate … line 1: not a certificate but PUBLIC KEY
            pairs/intermediate-cert.pem
                certificate 09
                warned … too few
            pairs/intermediate-pre-cert.pem
                certificate 00
                warned … is zero
            pairs/test-cert-chain.pem
                refused line 1 … not issued by a configured issuer
            pairs/test-cert.pem
                certificate 06
                warned … too few
            pairs/test-cert.proof
                file refused no certificate … offset 1: neither a certificate nor anything known
            pairs/test-colliding-root1.pem
                certificate 70bae41d10d92934b638ca7b03ccbabf
            pairs/test-colliding-root2.pem
                certificate 3c9131cb1ff6d01b0e9ab8d044bf12be
            pairs/test-colliding-roots.pem
                certificate 70bae41d10d92934b638ca7b03ccbabf
                certificate 3c9131cb1ff6d01b0e9ab8d044bf12be
            pairs/test-corrupted.pem
                file refused no certificate … line 1: the block is not a certificate: cut short
            pairs/test-embedded-cert.pem
                certificate 07
                warned … too few
            pairs/test-embedded-pre-cert.pem
                precertificate 07
                warned … too few
            pairs/test-embedded-pre-cert.proof
                file refused no certificate … offset 1: neither a certificate nor anything known
            pairs/test-embedded-with-intermediate-cert.pem
                certificate 02
                warned … too few
            pairs/test-embedded-with-intermediate-pre-cert.pem
                precertificate 02
                warned … too few
            pairs/test-embedded-with-intermediate-pre-cert.proof
                file refused no certificate … offset 1: neither a certificate nor anything known
            pairs/test-embedded-with-intermediate-preca-cert.pem
                certificate 03
                warned … too few
            pairs/test-embedded-with-intermediate-preca-pre-cert.pem
                precertificate 03
                warned … too few
            pairs/test-embedded-with-intermediate-preca-pre-cert.proof
                file refused no certificate … offset 1: neither a certificate nor anything known
            pairs/test-embedded-with-preca-cert.pem
                certificate 08
                warned … too few
            pairs/test-embedded-with-preca-pre-cert.pem
                precertificate 08
                warned … too few
            pairs/test-embedded-with-preca-pre-cert.proof
                file refused no certificate … offset 1: neither a certificate nor anything known
            pairs/test-intermediate-cert-chain.pem
                certificate 09
                refused line 62 … not issued by a configured issuer
                warned … too few
            pairs/test-intermediate-cert-proof.pem
                refused line 1 … not issued by a configured issuer
            pairs/test-intermediate-cert.pem
                certificate 01
                warned … too few
            pairs/test-intermediate-cert.proof
                file refused no certificate … offset 1: neither a certificate nor anything known
            pairs/test-invalid-embedded-cert.pem
                certificate 07
                warned … too few
            pairs/test-issuer-collision-chain.pem
                certificate 1b093b786096da37bba4519446c89678
                refused line 12 … not issued by a configured issuer
                refused line 37 … not issued by a configured issuer
            pairs/test-md2-chain.pem
                certificate 236c971e2bc60d0bf97460def108c3c3
                refused line 1 … not issued by a configured issuer
            pairs/test-no-bc-ca-cert.pem
                certificate 70bae41d10d92934b638ca7b03ccbabf
            pairs/test-no-bc-cert-chain.pem
                certificate 1b093b786096da37bba4519446c89678
                certificate 70bae41d10d92934b638ca7b03ccbabf
                refused line 4 … not issued by a configured issuer
                refused line 31 … not issued by a configured issuer
            pairs/test-no-ca-cert-chain.pem
                refused line 1 … not issued by a configured issuer
                refused line 58 … its signature does not verify
                warned … is the root of something not configured
            pairs/test-no-ca-cert.pem
                refused line 1 … not issued by a configured issuer
            certs/Mbed-TLS-mbedtls-framework/server1.ext_ku__32a00d83.der
                certificate 21
                warned … too few
            certs/Mbed-TLS-mbedtls-framework/server9-sha224__0b7cd34f.der
                certificate 17
                warned … too few
            certs/Mbed-TLS-mbedtls-framework/server9-sha256__a65a6d7e.der
                certificate 18
                warned … too few
            certs/Mbed-TLS-mbedtls-framework/server9-sha384__6ebf77d6.der
                certificate 19
                warned … too few
            certs/Mbed-TLS-mbedtls-framework/server9-sha512__e62f1752.der
                certificate 1a
                warned … too few
            certs/Mbed-TLS-mbedtls-framework/server9__35c1a6d8.der
                certificate 16
                warned … too few
            certs/Mbed-TLS-mbedtls-framework/test-ca__07f8f594.der
                certificate 00
                warned … is zero
            certs/RustCrypto-formats/crates.io-chain__342a8bf7.der
                certificate 0ba1e6f16562526b7cf3e56b10f3442f
            certs/google-boringssl/InvalidNegativeSerialNumberTest15EE__27240bbf.der
                certificate ff
                warned … is negative
            certs/google-boringssl/InvaliddeltaCRLTest3EE__240c5658.der
                certificate 02
                warned … too few
            certs/google-boringssl/InvaliddeltaCRLTest4EE__2c6769ba.der
                certificate 03
                warned … too few
            certs/google-boringssl/InvaliddeltaCRLTest6EE__d028f6af.der
                certificate 05
                warned … too few
            certs/google-boringssl/NegativeSerialNumberCACert__7335a502.der
                warned … is a certificate of the configured issuer
            certs/google-boringssl/ValidNegativeSerialNumberTest14EE__f28c2e0c.der
                certificate 00ff
                warned … too few
            certs/google-boringssl/ValiddeltaCRLTest2EE__1ffe2681.der
                certificate 01
                warned … too few
            certs/google-boringssl/ValiddeltaCRLTest5EE__4c620b0b.der
                certificate 04
                warned … too few
            certs/google-boringssl/ValiddeltaCRLTest7EE__e7a9b129.der
                certificate 06
                warned … too few
            certs/google-boringssl/bad_crldp_has_crlissuer__106231e4.der
                certificate 07
                warned … too few
            certs/google-boringssl/deltaCRLCA1Cert__f594d15c.der
                warned … is a certificate of the configured issuer
            certs/google-boringssl/good__490734e5.der
                certificate 05
                warned … too few
            certs/google-boringssl/good_issuer_no_keyusage__41adb37f.der
                warned … is a certificate of the configured issuer
            certs/rustls-webpki/ee__d58b0dcb.der
                certificate 4cbd642e234c692792a150b98c69e129
            certs/rustls-webpki/expired.rootca1.demo.amazontrust.com__c799dafc.der
                certificate 0644eaebc30a1cabef438ebbc2c2a7df
            certs/rustls-webpki/inter__564dbc6a.der
                warned … is a certificate of the configured issuer
            certs/rustls-webpki/r2m02__b0f330a3.der
                certificate 0773124a4bcbd44ec7b53beaf194842d3a0fa1
            certs/rustls-webpki/revoked.rootca1.demo.amazontrust.com__85dc7b05.der
                certificate 07ae9184abd8cb74841328aa449a0725
            certs/zmap-zcrypto/revocation_test.go__05fbd9e8.der
                precertificate 40516923bfde812659b57646b0694e24
            certs/zmap-zcrypto/revocation_test.go__0e0f0e57.der
                certificate 009e79e98f8373ac096b08ca05b5365c
            certs/zmap-zlint/dnsNameContainsQuestionMark__5611f0dc.der
                precertificate 6775a1f56bae6aee6253566c267ecde9
            """;

    /// By file, what must be found in each outcome, in order.
    static Map<String, List<String>> expected() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        String file = "";
        for (String line : EXPECTED.lines().toList()) {
            if (line.startsWith(" ")) {
                table.getOrDefault(file, new ArrayList<>()).add(line.strip());
            } else {
                file = line;
                table.put(file, new ArrayList<>());
            }
        }
        return table;
    }

    private CertificateCorpus() {}
}
