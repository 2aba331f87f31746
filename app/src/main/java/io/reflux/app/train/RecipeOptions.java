package io.reflux.app.train;

import io.reflux.app.console.UsageException;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.progress.TerminalStyle;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.recipe.TlsConfig;
import io.reflux.student.run.RunOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A recipe, and the options that take the place of what it says. */
final class RecipeOptions {

    @Parameters(paramLabel = "RECIPE.yaml", description = "What to do.")
    private Path recipeFile;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder of the standard data sets (mnist/ and so on), where the recipe names none.")
    private @Nullable Path dataDir;

    @Option(names = "--output", paramLabel = "DIR", description = "Export folder, instead of the recipe's.")
    private @Nullable Path output;

    @Option(
            names = "--teacher",
            paramLabel = "HOST:PORT",
            description = "Address of the teacher, instead of the recipe's.")
    private @Nullable String teacher;

    @Option(
            names = "--teacher-ca",
            paramLabel = "FILE",
            description = "Use TLS, and trust the authorities of this PEM file, instead of the recipe's.")
    private @Nullable String teacherCa;

    @Option(
            names = "--teacher-cert",
            paramLabel = "FILE",
            description = "Own certificate in PEM, for a teacher that asks for one.")
    private @Nullable String teacherCert;

    @Option(
            names = "--teacher-key",
            paramLabel = "FILE",
            description = "Private key of the certificate, in PEM, PKCS #8.")
    private @Nullable String teacherKey;

    @Option(
            names = "--teacher-token-file",
            paramLabel = "FILE",
            description = "File with the token that the teacher asks for, instead of the recipe's.")
    private @Nullable String teacherTokenFile;

    @Option(names = "--seed", paramLabel = "N", description = "Seed, instead of the recipe's.")
    private @Nullable Long seed;

    /**
     * Reads the recipe.
     *
     * @throws UsageException where it or an option is wrong
     */
    Recipe recipe() {
        try {
            Recipe recipe = RecipeReader.read(recipeFile);
            if (output != null) {
                recipe = recipe.withExportFolder(output.toString());
            }
            if (seed != null) {
                recipe = recipe.withSeed(seed);
            }
            if (teacher != null) {
                recipe = recipe.withTeacherAddress(teacher);
            }
            if ((teacherCert == null) != (teacherKey == null)) {
                throw new IllegalArgumentException(
                        teacherCert == null
                                ? "--teacher-cert: absent (expected: a file, since --teacher-key is given)"
                                : "--teacher-key: absent (expected: a file, since --teacher-cert is given)");
            }
            boolean tls = teacherCa != null || teacherCert != null || teacherKey != null;
            return recipe.withTeacherAccess(
                    tls ? new TlsConfig(teacherCa, teacherCert, teacherKey) : null, teacherTokenFile);
        } catch (TrainingFailure | IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }

    /** Returns options of a run on the recipe, which tells its progress on standard error. */
    RunOptions runOptions() {
        return RunOptions.QUIET
                .withDataDir(dataDir)
                .withProgress(System.err, TerminalStyle.of(System.console() != null, System.getenv()));
    }
}
