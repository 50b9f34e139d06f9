package org.precertocsp.responder.cli.demo;

import java.io.PrintWriter;
import org.precertocsp.responder.cli.demo.ClusterDemo.Ports;
import org.precertocsp.responder.cli.demo.DemoCommand.DemoApi;
import org.precertocsp.responder.cli.demo.DemoCommand.DemoDirectory;
import org.precertocsp.responder.cli.demo.DemoCommand.DemoInstructions;

/// Prints what to try in a demonstration of a cluster, as commands to paste, with what they show.
record ClusterInstructions(DemoDirectory files, Ports ports) {
    void print(PrintWriter out) {
        out.printf("%nPaste into another terminal:%n%n  cd %s%n", files.directory());
        DemoInstructions.folderToAdd()
                .ifPresent(bin -> out.printf("  export PATH=\"%s:$PATH\"%n", bin));
        out.println(
                """
                  ask() { for port in FRA1 IAD1; do openssl ocsp -issuer issuer.pem -cert $1 -url http://127.0.0.1:$port -CAfile root.pem 2>&1; done; }
                  revoke() { curl -s -i --cacert admin-ca.pem --cert client-revoker.pem --key client-revoker.key https://127.0.0.1:$1/v1/revocations -H 'Content-Type: application/json' -d "{\\"issuer\\": \\"demo\\", \\"reason\\": \\"superseded\\", \\"serial\\": \\"$(openssl x509 -in $2 -noout -serial | cut -d= -f2)\\"}"; echo; }

                  # who may write, and how far each node is; then what this node needs of its cluster
                  precert-ocsp cluster status -c a.yaml
                  precert-ocsp cluster check -c a.yaml

                  # both edges: good. They have no key: an authority has signed
                  ask issued.pem

                  # revoke at authority a: "effective":true, no edge says good any more. Both edges: revoked
                  revoke API_A issued.pem
                  ask issued.pem

                  # b stands by, and takes no changes: 421, with the address of the authority that does
                  revoke API_B precertificate.pem

                  # end a broker: everything goes on. Then start it again
                  kill -9 $(cat broker-1.pid)
                  sleep 15; precert-ocsp cluster status -c a.yaml
                  touch broker-1.start

                  # end authority a: edges answer, and b takes over within 15 s. Then revoke there: 200; until then, 421 or 503
                  kill -9 $(cat a.pid)
                  ask precertificate.pem
                  sleep 15; revoke API_B precertificate.pem
                  ask precertificate.pem

                  # start a again: now it stands by
                  touch a.start

                  # pause two of three brokers: edges say good for maxStaleness, here STALE s; then trylater, and /readyz says 503.
                  # They say revoked all the time
                  ask psc-precertificate.pem
                  kill -STOP $(cat broker-2.pid) $(cat broker-3.pid)
                  sleep WAIT; ask psc-precertificate.pem; ask revoked.pem
                  curl -s -i http://127.0.0.1:HEALTH_FRA1/readyz
                  kill -CONT $(cat broker-2.pid) $(cat broker-3.pid)

                  # pause an edge, and revoke at the authority that is active (see cluster status): 202 after 5 s, since fra1 has
                  # not reported the change. It is effective after WAIT s at the latest, which the address in Location tells; iad1
                  # says revoked at once. When fra1 wakes, it says trylater, then revoked, and never good
                  kill -STOP $(cat fra1.pid)
                  revoke API_B psc-precertificate.pem
                  kill -CONT $(cat fra1.pid); ask psc-precertificate.pem

                  # metrics of an edge: number of the newest change applied, how many are missing, age of the lease
                  curl -s http://127.0.0.1:HEALTH_FRA1/metrics | grep ^precertocsp_cluster

                  # consoles of a and b: have your browser import client-operator.p12 (password PASSWORD) and trust admin-ca.pem
                  https://127.0.0.1:API_A/
                  https://127.0.0.1:API_B/

                """
                        .replace("FRA1 IAD1", ports.ocsp("fra1") + " " + ports.ocsp("iad1"))
                        .replace("API_A", Integer.toString(ports.api("a")))
                        .replace("API_B", Integer.toString(ports.api("b")))
                        .replace("HEALTH_FRA1", Integer.toString(ports.health("fra1")))
                        .replace("STALE", Long.toString(ClusterDemo.STALENESS.toSeconds()))
                        // An edge that hears nothing says good for that time, and a second more.
                        .replace(
                                "WAIT",
                                Long.toString(ClusterDemo.STALENESS.plusSeconds(1).toSeconds()))
                        .replace("PASSWORD", DemoApi.PASSWORD));
        out.flush();
    }
}
