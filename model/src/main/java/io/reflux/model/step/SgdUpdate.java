package io.reflux.model.step;

/** The update of {@link Sgd}: libtorch's fused kernel, one pass over weights, gradients and momentum. */
record SgdUpdate(Sgd sgd) implements UpdateRule {

    @Override
    public int moments() {
        return sgd.momentum() > 0 ? 1 : 0;
    }

    /** Momentum starts as zeros, so the first step needs no case of its own. */
    @Override
    public void write(ScriptLines script, ParameterGroup group, String gradients, String divisor) {
        String momentum = moments() == 1 ? group.moments(0) : "annotate(List[Tensor], [])";
        script.line("torch._fused_sgd_(" + group.list("w") + ", " + gradients + ", " + momentum + ", weight_decay="
                + group.decay(sgd.weightDecay()) + ", momentum=" + sgd.momentum() + ", lr=lr, dampening=0., nesterov="
                + (sgd.nesterov() ? "True" : "False") + ", maximize=False, is_first_step=False, grad_scale=" + divisor
                + ")");
    }
}
