package io.reflux.student.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.student.remote.TeacherAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MembershipTest {
    @TempDir
    private Path folder;

    @Test
    void dns_nameOfSeveralAddresses_isATeacherForEachAtThePort() throws Exception {
        InetAddress four = InetAddress.getByAddress(new byte[] {10, 0, 0, 7});
        InetAddress six =
                InetAddress.getByAddress(new byte[] {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        DnsMembership dns =
                new DnsMembership(new TeacherAddress("teacher.example", 7070), name -> List.of(six, four, four));

        assertThat(dns.now())
                .extracting(TeacherAddress::toString)
                .containsExactly("10.0.0.7:7070", "[2001:db8:0:0:0:0:0:1]:7070");
        assertThat(dns.now()).allMatch(teacher -> teacher.host().equals("teacher.example"));
    }

    @Test
    void systemResolver_localhost_isThisMachine() throws Exception {
        try (SystemResolver resolver = new SystemResolver()) {
            assertThat(resolver.resolve("localhost")).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
        }
    }

    @Test
    void file_commentsAndEmptyLines_countForNothing() throws Exception {
        Path file =
                Files.writeString(folder.resolve("teachers"), "# all\n\n a.example:1 # first\n[::1]:2\na.example:1\n");

        assertThat(new FileMembership(file).now())
                .containsExactly(new TeacherAddress("a.example", 1), new TeacherAddress("::1", 2));
    }

    @Test
    void file_wrongLine_isNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("teachers"), "a.example:1\nb.example\n");

        assertThatThrownBy(() -> new FileMembership(file).now())
                .isInstanceOf(IOException.class)
                .hasMessage(file + ":2: b.example (expected: host:port)");
    }

    @Test
    void file_absent_isNamed() {
        Path file = folder.resolve("none");

        assertThatThrownBy(() -> new FileMembership(file).now())
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": absent (expected: a file of one host:port a line)");
    }

    @Test
    void addresses_none_areRefused() {
        assertThatThrownBy(() -> new StaticMembership(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("addresses: none (expected: at least one)");
    }
}
