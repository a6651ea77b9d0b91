"""Between what a figure of the library makes sense, whoever sets it: the library, a scenario, or a sweep."""

from sim.scenario.schema import CaseKind, Codebook, Exposure, Format, Project, State, Unattributed

FIGURE_LIMITS = {
    (CaseKind, "act_days"): (1, 3660),
    (Codebook, "also_hit"): (0, 1),
    (Codebook, "difficulty"): (0, 1),
    (Codebook, "episode_after_days"): (0, 3660),
    (Codebook, "longest_days"): (1, 3660),
    (Codebook, "turn_days"): (1, 366),
    (Codebook, "window_days"): (1, 3660),
    (Exposure, "energy"): (0, 1),
    (Exposure, "export_share_pct"): (0, 100),
    (Exposure, "import_share_pct"): (0, 100),
    (Exposure, "trade_pct_gdp"): (0, 1000),
    (Format, "reputation"): (0, 1),
    (Format, "threshold"): (0, 1),
    (Project, "cost_eur_m"): (0, 1e6),
    (Project, "first_output_months"): (0, 1200),
    (Project, "full_months"): (0, 1200),
    (Project, "p_fail"): (0, 1),
    (Project, "veto_risk"): (0, 1),
    (State, "defence_usd_bn"): (0, 1e6),
    (State, "gci"): (0, 100),
    (State, "gdp_usd_bn"): (0, 1e6),
    (State, "ncpi_rank"): (1, 300),
    (State, "population_m"): (0, 1e4),
    (State, "qmv_population_share_pct"): (0, 100),
    (State, "unfavourable"): (0, 100),
    (Unattributed, "difficulty"): (0, 1),
}
