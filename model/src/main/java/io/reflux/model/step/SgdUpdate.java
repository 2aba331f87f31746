package io.reflux.model.step;

/** The update of {@link Sgd}. */
record SgdUpdate(Sgd sgd) implements UpdateRule {

    private static final double[] NONE = {};

    @Override
    public int moments() {
        return sgd.momentum() > 0 ? 1 : 0;
    }

    @Override
    public void write(UpdateScript script) {
        script.addDecayToGradients(sgd.weightDecay());
        String direction = "g";
        if (sgd.momentum() > 0) {
            script.line("torch._foreach_mul_(m0, " + sgd.momentum() + ")");
            script.line("torch._foreach_add_(m0, g, alpha=1)");
            direction = "m0";
        }
        if (sgd.nesterov()) {
            script.line("ahead = torch._foreach_add(g, m0, alpha=" + sgd.momentum() + ")");
            direction = "ahead";
        }
        script.line("torch._foreach_add_(p, " + direction + ", alpha=torch.neg(lr))");
    }

    @Override
    public double[] scalars(long update) {
        return NONE;
    }
}
