// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../src/IEscrow.sol";
import {IPrivacyOracle} from "../src/IPrivacyOracle.sol";
import {Oracles} from "./Oracles.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract PrivacyOracleRegistryTest is Oracles {
    function deploy(IERC20 currency, uint128 penalty, uint32 window) external {
        _deploy(currency, penalty, window);
    }

    function test_constructor_refusesParametersThatPromiseNothing() public {
        _expectError(IPrivacyOracle.InvalidParameters.selector);
        this.deploy(token, 0, CHALLENGE);
        _expectError(IPrivacyOracle.InvalidParameters.selector);
        this.deploy(token, PENALTY, 0);
        _expectError(IPrivacyOracle.InvalidParameters.selector);
        this.deploy(token, PENALTY, 2 ** 23);
        _expectError(IEscrow.UnsupportedToken.selector);
        this.deploy(IERC20(stranger), PENALTY, CHALLENGE);
        this.deploy(token, 1, 2 ** 23 - 1);
        vm.assertEq(oracle.penalty(), PENALTY);
        vm.assertEq(oracle.challengeWindow(), CHALLENGE);
        vm.assertEq(oracle.currency(), address(token));
    }

    function test_register_takesTheStakeAndMakesTheNodeDrawable() public {
        _fund(stranger);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.NodeRegistered(stranger, PUBLIC_KEY);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.StakeAdded(stranger, PENALTY);
        vm.prank(stranger);
        oracle.register(PUBLIC_KEY, PENALTY);
        _assertNode(stranger, PENALTY, 0);
        vm.assertEq(token.balanceOf(address(oracle)), NODES * STAKE + PENALTY);
        address[] memory drawable = oracle.drawableNodes();
        vm.assertEq(drawable.length, NODES + 1);
        vm.assertEq(drawable[NODES], stranger);
    }

    function test_register_refusesKeysToWhichNothingCanBeSealed() public {
        _expectError(IPrivacyOracle.InvalidPublicKey.selector);
        vm.prank(stranger);
        oracle.register(hex"04", PENALTY);
        bytes memory off = bytes.concat(PUBLIC_KEY);
        off[64] ^= 0x01;
        _expectError(IPrivacyOracle.InvalidPublicKey.selector);
        vm.prank(stranger);
        oracle.register(off, PENALTY);
    }

    function test_register_refusesAStakeBelowThePenalty() public {
        _fund(stranger);
        _expectError(IPrivacyOracle.StakeTooLow.selector, abi.encode(PENALTY - 1, PENALTY));
        vm.prank(stranger);
        oracle.register(PUBLIC_KEY, PENALTY - 1);
    }

    function test_register_replacesTheKeyOfANodeWhoseWholeStakeIsReserved() public {
        for (uint256 i = 0; i < 3; ++i) {
            _request();
        }
        _assertNode(nodes[0], STAKE, STAKE);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.NodeRegistered(nodes[0], PUBLIC_KEY);
        vm.prank(nodes[0]);
        oracle.register(PUBLIC_KEY, 0);
        _assertNode(nodes[0], STAKE, STAKE);
        vm.assertTrue(!_isDrawable(nodes[0]), "nothing is free");
        vm.prank(nodes[0]);
        oracle.register(PUBLIC_KEY, PENALTY);
        vm.assertTrue(_isDrawable(nodes[0]), "a penalty is free");
    }

    function test_register_againKeepsTheNodesSeats() public {
        bytes32 id = _request();
        vm.prank(nodes[0]);
        oracle.register(PUBLIC_KEY, 0);
        _submit(id, nodes[0], DIGEST);
        vm.assertEq(oracle.committeeOf(id)[0], nodes[0]);
    }

    function test_register_bringsARetiredNodeBack() public {
        vm.prank(nodes[0]);
        oracle.retire();
        vm.prank(nodes[0]);
        oracle.register(PUBLIC_KEY, 0);
        vm.assertTrue(_isDrawable(nodes[0]), "drawable");
        vm.assertEq(oracle.drawableNodes().length, NODES);
    }

    function test_stakeCalls_refuseWhoIsNotRegistered() public {
        bytes memory argument = abi.encode(stranger);
        _expectError(IPrivacyOracle.NotRegistered.selector, argument);
        vm.prank(stranger);
        oracle.addStake(1);
        _expectError(IPrivacyOracle.NotRegistered.selector, argument);
        vm.prank(stranger);
        oracle.withdrawStake(0, stranger);
        _expectError(IPrivacyOracle.NotRegistered.selector, argument);
        vm.prank(stranger);
        oracle.retire();
        _expectError(IPrivacyOracle.NotRegistered.selector, argument);
        vm.prank(stranger);
        oracle.resume();
    }

    function test_withdrawStake_paysWhatIsFreeAndNoMore() public {
        _request();
        address node = nodes[0];
        _expectError(IPrivacyOracle.StakeTooLow.selector, abi.encode(2 * PENALTY, 2 * PENALTY + 1));
        vm.prank(node);
        oracle.withdrawStake(2 * PENALTY + 1, stranger);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.StakeWithdrawn(node, stranger, 2 * PENALTY);
        vm.prank(node);
        oracle.withdrawStake(2 * PENALTY, stranger);
        _assertNode(node, PENALTY, PENALTY);
        vm.assertEq(token.balanceOf(stranger), 2 * PENALTY);
        _expectError(IPrivacyOracle.StakeTooLow.selector, abi.encode(0, 1));
        vm.prank(node);
        oracle.withdrawStake(1, stranger);
    }

    function test_withdrawStake_belowThePenaltyLeavesThePool() public {
        vm.prank(nodes[1]);
        oracle.withdrawStake(STAKE - PENALTY, nodes[1]);
        vm.assertTrue(_isDrawable(nodes[1]), "one penalty is left");
        vm.prank(nodes[1]);
        oracle.withdrawStake(1, nodes[1]);
        vm.assertTrue(!_isDrawable(nodes[1]), "too little is left");
        vm.assertEq(oracle.drawableNodes().length, NODES - 1);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.StakeAdded(nodes[1], 1);
        vm.prank(nodes[1]);
        oracle.addStake(1);
        vm.assertTrue(_isDrawable(nodes[1]), "a penalty is free again");
    }

    function test_withdrawStake_refusesReceiversThatCannotHaveIt() public {
        _expectError(IEscrow.InvalidReceiver.selector, abi.encode(address(0)));
        vm.prank(nodes[0]);
        oracle.withdrawStake(1, address(0));
        _expectError(IEscrow.InvalidReceiver.selector, abi.encode(oracle));
        vm.prank(nodes[0]);
        oracle.withdrawStake(1, address(oracle));
    }

    function test_retire_takesANodeOutOfTheDrawUntilItReturns() public {
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.NodeRetired(nodes[0]);
        vm.prank(nodes[0]);
        oracle.retire();
        (,, bool active, bool drawable) = oracle.nodeOf(nodes[0]);
        vm.assertTrue(!active && !drawable, "retired");
        IPrivacyOracle.Terms memory terms = _terms();
        _expectError(IPrivacyOracle.NotEnoughNodes.selector, abi.encode(NODES - 1));
        vm.prank(requester);
        oracle.request(terms);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.NodeReturned(nodes[0]);
        vm.prank(nodes[0]);
        oracle.resume();
        _request();
    }

    function test_registry_isBoundedAndRoomIsReused() public {
        while (nodes.length < MAX_NODES) {
            _newNode(PENALTY);
        }
        _fund(stranger);
        _expectError(IPrivacyOracle.RegistryFull.selector);
        vm.prank(stranger);
        oracle.register(PUBLIC_KEY, PENALTY);
        vm.prank(nodes[7]);
        oracle.withdrawStake(1, nodes[7]);
        vm.prank(stranger);
        oracle.register(PUBLIC_KEY, PENALTY);
        // Stake can always be added, but a place must be asked for when there is one.
        vm.prank(nodes[7]);
        oracle.addStake(1);
        vm.assertTrue(!_isDrawable(nodes[7]), "no room");
        _expectError(IPrivacyOracle.RegistryFull.selector);
        vm.prank(nodes[7]);
        oracle.resume();
        vm.prank(nodes[8]);
        oracle.retire();
        vm.prank(nodes[7]);
        oracle.resume();
        vm.assertTrue(_isDrawable(nodes[7]), "room");
        vm.assertEq(oracle.drawableNodes().length, MAX_NODES);
    }

    /// @dev Whatever comes and goes, the pool is each drawable node once.
    function test_registry_keepsThePool(uint256 seed) public {
        for (uint256 step = 0; step < 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            address node = nodes[seed % NODES];
            uint256 what = seed / NODES % 4;
            (uint256 stake,,,) = oracle.nodeOf(node);
            vm.prank(node);
            if (what == 0) oracle.retire();
            else if (what == 1) oracle.resume();
            else if (what == 2) oracle.withdrawStake(uint128(stake / 2), node);
            else oracle.addStake(PENALTY / 2);
            _assertPool();
        }
    }

    function _assertPool() private view {
        address[] memory drawable = oracle.drawableNodes();
        uint256 expected;
        for (uint256 i = 0; i < NODES; ++i) {
            (uint256 stake,, bool active, bool isDrawable) = oracle.nodeOf(nodes[i]);
            vm.assertTrue(isDrawable == (active && stake >= PENALTY), "drawable");
            uint256 times;
            for (uint256 k = 0; k < drawable.length; ++k) {
                if (drawable[k] == nodes[i]) ++times;
            }
            vm.assertEq(times, isDrawable ? 1 : 0, "times in the pool");
            expected += times;
        }
        vm.assertEq(drawable.length, expected, "no others");
    }
}
