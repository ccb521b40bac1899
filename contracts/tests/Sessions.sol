// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITradingSessions} from "../src/ITradingSessions.sol";
import {HostileToken} from "./HostileToken.sol";
import {Shards} from "./Shards.sol";
import {Test} from "./Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev The contract's views as structs.
library Views {
    function session(ITradingSessions sessions, bytes32 id) internal view returns (ITradingSessions.Session memory s) {
        (s.state, s.deadline, s.candidate) = sessions.session(id);
    }

    function provider(ITradingSessions sessions, bytes32 id, address account)
        internal
        view
        returns (ITradingSessions.Provider memory p)
    {
        (p.status, p.shards, p.seed, p.commitment) = sessions.provider(id, account);
    }
}

/// @dev A market for training data with a collector and three providers, and short ways into each state.
abstract contract Sessions is Test {
    uint128 internal constant REWARD = 1000 ether + 1;
    uint128 internal constant DEPOSIT = 30 ether;
    uint16 internal constant SHARE = 1000;
    uint16 internal constant SHARDS = 23;
    uint128 internal constant COMPENSATION = 100 ether; // floor(REWARD · SHARE / 10000)
    uint128 internal constant FUNDS = 1_000_000 ether;
    uint32 internal constant SEED = 7;
    bytes internal constant SEALED = hex"0badcafe";

    address internal collector = _actor("collector");
    address internal alice = _actor("alice");
    address internal bob = _actor("bob");
    address internal carol = _actor("carol");
    address internal stranger = _actor("stranger");
    address internal arbiter = _actor("arbiter");

    HostileToken internal token;
    ITradingSessions internal sessions;
    /// @dev The terms of each session that was created here.
    mapping(bytes32 id => ITradingSessions.Terms) internal t;

    function setUp() public virtual {
        vm.warp(1_795_000_000);
        token = new HostileToken();
        _openMarket(token);
        _fund(collector);
        _fund(alice);
        _fund(bob);
        _fund(carol);
    }

    function _openMarket(IERC20 token_) internal {
        sessions = _deploy(token_);
    }

    /// @dev By its artefact: the contract has compiler settings of its own, which its importers would have to share.
    function _deploy(IERC20 token_) internal returns (ITradingSessions deployed) {
        bytes memory code = bytes.concat(vm.getCode("TradingSessions.sol:TradingSessions"), abi.encode(token_));
        assembly {
            deployed := create(0, add(code, 32), mload(code))
            if iszero(deployed) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function deploy(IERC20 token_) external returns (ITradingSessions) {
        return _deploy(token_);
    }

    function _fund(address account) internal {
        token.mint(account, FUNDS);
        vm.prank(account);
        token.approve(address(sessions), type(uint256).max);
    }

    /// @dev Three different windows, so that swapped ones are noticed.
    function _terms() internal view returns (ITradingSessions.Terms memory) {
        return ITradingSessions.Terms({
            collector: collector,
            reward: REWARD,
            deposit: DEPOSIT,
            sampleShare: SHARE,
            expiry: block.timestamp + 10 days,
            reviewWindow: 1 days,
            decisionWindow: 2 days,
            claimWindow: 3 days,
            arbiter: arbiter,
            extractor: keccak256("extractor"),
            agreement: keccak256("agreement")
        });
    }

    function _created() internal returns (bytes32) {
        return _created(_terms());
    }

    function _created(ITradingSessions.Terms memory terms) internal returns (bytes32 id) {
        vm.prank(collector);
        id = sessions.createSession(terms);
        t[id] = terms;
    }

    function _register(bytes32 id, address who, uint16 n) internal {
        bytes32 commitment = Shards.commitment(Shards.keys(who, n), id, who);
        vm.prank(who);
        sessions.register(t[id], n, commitment);
    }

    function _sample(bytes32 id, address who) internal {
        vm.prank(collector);
        sessions.sampleData(t[id], who, SEED);
    }

    function _features(bytes32 id, address who) internal {
        vm.prank(who);
        sessions.submitFeatures(t[id], SEALED);
    }

    function _registered() internal returns (bytes32 id) {
        id = _created();
        _register(id, alice, SHARDS);
    }

    function _sampled() internal returns (bytes32 id) {
        id = _registered();
        _sample(id, alice);
    }

    /// @dev Alice submitted features; bob is registered only.
    function _submitted() internal returns (bytes32 id) {
        id = _sampled();
        _features(id, alice);
        _register(id, bob, SHARDS);
    }

    function _reviewing() internal returns (bytes32 id) {
        id = _submitted();
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
    }

    function _shown() internal returns (bytes32 id) {
        id = _reviewing();
        _review(id, alice);
    }

    function _reviewed() internal returns (bytes32 id) {
        id = _shown();
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
    }

    function _review(bytes32 id, address who) internal {
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) = _opening(id, who);
        vm.prank(who);
        sessions.submitReview(t[id], keys, salts, proof, SEALED);
    }

    /// @dev The positions that were drawn, as ITradingSessions says.
    function _sampleOf(bytes32 id, address who) internal view returns (uint256[] memory positions) {
        ITradingSessions.Provider memory p = Views.provider(sessions, id, who);
        uint256 k = uint256(p.shards) * t[id].sampleShare / 10_000;
        positions = new uint256[](k);
        for (uint256 i = 0; i < k; ++i) {
            uint256 from = i * p.shards / k;
            uint256 width = (i + 1) * p.shards / k - from;
            positions[i] = from + uint256(keccak256(abi.encode(p.seed, i))) % width;
        }
    }

    function _opening(bytes32 id, address who)
        internal
        view
        returns (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof)
    {
        return Shards.opening(Shards.keys(who, Views.provider(sessions, id, who).shards), _sampleOf(id, who));
    }

    function _claim(bytes32 id, address who) internal {
        bytes32[] memory keys = Shards.keys(who, Views.provider(sessions, id, who).shards);
        vm.prank(who);
        sessions.claimReward(t[id], Shards.CLAIM_KEY, keys);
    }

    function _afterDeadline(bytes32 id) internal {
        vm.warp(Views.session(sessions, id).deadline + 1);
    }

    function _assertState(bytes32 id, ITradingSessions.State expected) internal view {
        vm.assertEq(uint256(Views.session(sessions, id).state), uint256(expected), "state");
    }

    function _assertStatus(bytes32 id, address who, ITradingSessions.Status expected) internal view {
        vm.assertEq(uint256(Views.provider(sessions, id, who).status), uint256(expected), "status");
    }

    function _wrongState(ITradingSessions.State state) internal {
        _expectError(ITradingSessions.WrongState.selector, abi.encode(state));
    }

    function _wrongStatus(ITradingSessions.Status status) internal {
        _expectError(ITradingSessions.WrongStatus.selector, abi.encode(status));
    }

    function _notAllowed(address account) internal {
        _expectError(ITradingSessions.NotAllowed.selector, abi.encode(account));
    }

    function _tooLate(bytes32 id) internal {
        _expectError(ITradingSessions.TooLate.selector, abi.encode(Views.session(sessions, id).deadline));
    }

    function _tooEarly(uint256 deadline) internal {
        _expectError(ITradingSessions.TooEarly.selector, abi.encode(deadline));
    }
}
