package org.precertocsp.loadtest.corpus;

/// The large files of a corpus, one line or entry for each serial; the CRL for each revoked one.
public enum CorpusFile {
    /// `serial,status`, for the load driver.
    SERIALS("serials.csv"),
    /// What `precert-ocsp load csv` reads.
    CSV("statuses.csv"),
    /// A CRL in DER, signed by the CA.
    CRL("revocations.crl"),
    /// What `openssl ocsp -index` and `precert-ocsp load index` read.
    INDEX("index.txt");

    private final String fileName;

    CorpusFile(String fileName) {
        this.fileName = fileName;
    }

    public String fileName() {
        return fileName;
    }
}
