package io.reflux.app.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.certificates.TestAuthority;
import io.reflux.proto.credentials.CredentialsException;
import io.reflux.proto.credentials.TlsFiles;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.remote.RemoteSource;
import io.reflux.teacher.access.AccessConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real students and a real teacher, with certificates of a real, if short-lived, authority. */
final class TlsTest {
    @TempDir
    private Path folder;

    private TestAuthority authority;
    private TestAuthority stranger;

    @BeforeEach
    void found() {
        authority = new TestAuthority(folder, "house");
        stranger = new TestAuthority(folder, "stranger");
    }

    @Test
    void tls_trustedTeacher_labels() throws Exception {
        try (Pair pair = new Pair(serving(authority.issue("teacher"), null));
                RemoteSource student = pair.student(trusting(authority), null)) {
            assertThat(pair.ask(student).rows()).isEqualTo(2);
        }
    }

    @Test
    void tls_untrustedTeacher_isOneLineAtOnce() throws Exception {
        try (Pair pair = new Pair(serving(authority.issue("teacher"), null))) {
            assertNoAccess(
                    () -> pair.student(trusting(stranger), null), "its certificate is of no authority that is trusted");
        }
    }

    @Test
    void tls_teacherOfAnotherHost_isOneLineAtOnce() throws Exception {
        TestAuthority.Issued other = authority.issue("teacher", Duration.ofDays(1), "elsewhere.example");
        try (Pair pair = new Pair(serving(other, null))) {
            assertNoAccess(() -> pair.student(trusting(authority), null), "its certificate is of another host: ");
        }
    }

    @Test
    void tls_certificateThatExpiresWhileItIsServed_isOneLineAtOnceForTheNextStudent() throws Exception {
        TestAuthority.Issued brief = authority.issue("brief", Duration.ofSeconds(4), "localhost");
        AccessConfig access = serving(brief, null).withReload(Duration.ofHours(1));
        try (Pair pair = new Pair(access);
                RemoteSource early = pair.student(trusting(authority), null)) {
            pair.ask(early);
            AtomicReference<TrainingFailure> refusal = new AtomicReference<>();
            Pair.eventually("a student that refuses it", () -> {
                try {
                    pair.student(trusting(authority), null).close();
                    return false;
                } catch (TrainingFailure expected) {
                    refusal.set(expected);
                    return true;
                }
            });

            assertThat(refusal.get().code()).isEqualTo(TrainingFailure.Code.ACCESS);
            assertThat(refusal.get().getMessage())
                    .contains("its certificate is not valid now: ")
                    .doesNotContain("\n");
            // The stream that was opened in time goes on.
            pair.ask(early);
        }
    }

    @Test
    void tls_clearTextTeacher_isOneLineAtOnce() throws Exception {
        try (Pair pair = new Pair(AccessConfig.OPEN)) {
            assertNoAccess(() -> pair.student(trusting(authority), null), "it speaks no TLS (expected: ");
        }
    }

    @Test
    void tls_clearTextStudent_isToldOfTlsAtOnce() throws Exception {
        try (Pair pair = new Pair(serving(authority.issue("teacher"), authority.ca()))) {
            assertNoAccess(() -> pair.student(null, null), "it speaks TLS (expected: teacher.tls, ");
        }
    }

    @Test
    void mutualTls_ofTheAuthority_labels() throws Exception {
        TestAuthority.Issued own = authority.issue("student");
        try (Pair pair = new Pair(serving(authority.issue("teacher"), authority.ca()));
                RemoteSource student = pair.student(new TlsFiles(own.cert(), own.key(), authority.ca()), null)) {
            assertThat(pair.ask(student).rows()).isEqualTo(2);
        }
    }

    @Test
    void mutualTls_withoutOrWithAStrangersCertificate_isOneLineAtOnce() throws Exception {
        TestAuthority.Issued strange = stranger.issue("student");
        try (Pair pair = new Pair(serving(authority.issue("teacher"), authority.ca()))) {
            assertNoAccess(() -> pair.student(trusting(authority), null), "it refuses our certificate, or wants one: ");
            assertNoAccess(
                    () -> pair.student(new TlsFiles(strange.cert(), strange.key(), authority.ca()), null),
                    "it refuses our certificate, or wants one: ");
        }
    }

    @Test
    void tls_renewedFiles_countForNewConnections_andStreamsGoOn() throws Exception {
        TestAuthority.Issued first = authority.issue("first");
        Path cert = Files.copy(first.cert(), folder.resolve("live.pem"));
        Path key = Files.copy(first.key(), folder.resolve("live-key.pem"));
        AccessConfig access =
                AccessConfig.OPEN.withTls(new TlsFiles(cert, key, null)).withReload(Duration.ofMillis(20));
        try (Pair pair = new Pair(access);
                RemoteSource student = pair.student(trusting(authority), null)) {
            pair.ask(student);
            TestAuthority.Issued renewed = stranger.issue("renewed");
            // Between the two moves the pair does not match; the teacher keeps what it has.
            Files.move(renewed.key(), key, StandardCopyOption.REPLACE_EXISTING);
            Files.move(renewed.cert(), cert, StandardCopyOption.REPLACE_EXISTING);

            Pair.eventually("a student that trusts the new certificate only is served", () -> labelled(pair));
            pair.ask(student);
            assertThat(student.reconnects()).isZero();
        }
    }

    private boolean labelled(Pair pair) {
        try (RemoteSource other = pair.student(trusting(stranger), null)) {
            return pair.ask(other).rows() == 2;
        } catch (TrainingFailure notYet) {
            return false;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void files_thatCannotBeUsed_areNamedInOneLine() throws Exception {
        TestAuthority.Issued good = authority.issue("teacher");
        TestAuthority.Issued other = authority.issue("other");
        TestAuthority.Issued expired = authority.issue("expired", Duration.ofDays(-1), "localhost");
        Path text = Files.writeString(folder.resolve("text.pem"), "no certificate");
        Path torn = Files.writeString(
                folder.resolve("torn.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        Path password = Files.writeString(
                folder.resolve("password.pem"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n");

        assertUnusable(folder.resolve("none.pem"), good.key(), "none.pem: absent (expected: certificates in PEM)");
        assertUnusable(folder, good.key(), ": not a file (expected: certificates in PEM)");
        assertUnusable(text, good.key(), "text.pem: no certificate in it (expected: certificates in PEM)");
        assertUnusable(torn, good.key(), "torn.pem: a malformed certificate (expected: certificates in PEM)");
        assertUnusable(expired.cert(), expired.key(), "expired.pem: certificate of CN=expired expired at ");
        assertUnusable(good.cert(), other.key(), "other-key.pem: another certificate's key (expected: the key of ");
        assertUnusable(good.cert(), text, "text.pem: no private key in it (expected: a private key in PEM, PKCS #8");
        assertUnusable(good.cert(), password, "password.pem: holds ENCRYPTED PRIVATE KEY (expected: a private key");
        assertUnusable(good.cert(), good.cert(), "teacher.pem: holds CERTIFICATE (expected: a private key");
    }

    private static void assertUnusable(Path cert, Path key, String message) {
        assertThatThrownBy(() -> new Pair(AccessConfig.OPEN.withTls(new TlsFiles(cert, key, null))))
                .isInstanceOf(CredentialsException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    /** A second attempt would not help, and three would be made of any other failure. */
    private static void assertNoAccess(ThrowingCallable open, String message) {
        assertThatThrownBy(open)
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.ACCESS))
                .hasMessageStartingWith("teacher localhost:")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    private static AccessConfig serving(TestAuthority.Issued own, Path clientCa) {
        return AccessConfig.OPEN.withTls(new TlsFiles(own.cert(), own.key(), clientCa));
    }

    private static TlsFiles trusting(TestAuthority one) {
        return new TlsFiles(null, null, one.ca());
    }
}
