// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MarketToken} from "../src/MarketToken.sol";
import {Test, Vm} from "./Test.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC1155Errors, IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @dev Refuses every ERC-1155 token, as a contract without the receiver's functions does.
contract NoReceiver {}

contract MarketTokenTest is Test {
    MarketToken private token;
    address private alice = _actor("alice");
    address private bob = _actor("bob");
    address private carol = _actor("carol");

    function setUp() public {
        token = new MarketToken(address(this));
        token.mint(alice, 100);
    }

    function test_constructor_describesTheCredit() public view {
        vm.assertEq(token.name(), "Market credit");
        vm.assertEq(token.symbol(), "CREDIT");
        vm.assertEq(token.decimals(), 18);
        vm.assertEq(token.uri(0), 'data:application/json,{"name":"Market credit","decimals":18}');
    }

    function test_supportsInterface_knowsBothStandards() public view {
        vm.assertTrue(token.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        vm.assertTrue(token.supportsInterface(type(IERC1155).interfaceId), "ERC-1155");
        vm.assertTrue(token.supportsInterface(type(IERC20).interfaceId), "ERC-20");
        vm.assertTrue(token.supportsInterface(type(IERC20Metadata).interfaceId), "ERC-20 metadata");
        vm.assertTrue(token.supportsInterface(type(IAccessControl).interfaceId), "access control");
        vm.assertTrue(!token.supportsInterface(0xffffffff), "ERC-165 forbids 0xffffffff");
    }

    function test_mint_raisesBalanceAndSupplyWithBothEvents() public {
        _expectBothEvents(address(this), address(0), bob, 7);
        token.mint(bob, 7);
        vm.assertEq(token.balanceOf(bob), 7);
        vm.assertEq(token.balanceOf(bob, 0), 7);
        vm.assertEq(token.totalSupply(), 107);
    }

    function test_mint_refusesWhoIsNoIssuer() public {
        _expectError(IAccessControl.AccessControlUnauthorizedAccount.selector, abi.encode(alice, token.ISSUER_ROLE()));
        vm.prank(alice);
        token.mint(alice, 1);
    }

    function test_mint_refusesARevokedIssuer() public {
        token.revokeRole(token.ISSUER_ROLE(), address(this));
        vm.expectRevert();
        token.mint(alice, 1);
    }

    function test_mint_refusesTheZeroAddress() public {
        _expectError(IERC20Errors.ERC20InvalidReceiver.selector, abi.encode(address(0)));
        token.mint(address(0), 1);
    }

    function test_mint_refusesMoreThanTheSupplyCanCount() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        token.mint(bob, type(uint256).max - 99);
    }

    function test_transfer_movesCreditWithBothEvents() public {
        _expectBothEvents(alice, alice, bob, 40);
        vm.prank(alice);
        vm.assertTrue(token.transfer(bob, 40), "transfer says true");
        vm.assertEq(token.balanceOf(alice), 60);
        vm.assertEq(token.balanceOf(bob), 40);
        vm.assertEq(token.totalSupply(), 100);
    }

    function test_transfer_callsNoReceiver() public {
        NoReceiver receiver = new NoReceiver();
        vm.prank(alice);
        token.transfer(address(receiver), 1);
        vm.assertEq(token.balanceOf(address(receiver)), 1);
    }

    function test_transfer_toOneselfChangesNothing() public {
        vm.prank(alice);
        token.transfer(alice, 100);
        vm.assertEq(token.balanceOf(alice), 100);
        vm.assertEq(token.totalSupply(), 100);
    }

    function test_transfer_refusesMoreThanTheBalance() public {
        _expectError(IERC20Errors.ERC20InsufficientBalance.selector, abi.encode(alice, 100, 101));
        vm.prank(alice);
        token.transfer(bob, 101);
    }

    function test_transfer_refusesTheZeroAddress() public {
        _expectError(IERC20Errors.ERC20InvalidReceiver.selector, abi.encode(address(0)));
        vm.prank(alice);
        token.transfer(address(0), 1);
    }

    function test_approve_setsTheAllowance() public {
        vm.expectEmit(address(token));
        emit IERC20.Approval(alice, bob, 30);
        vm.prank(alice);
        vm.assertTrue(token.approve(bob, 30), "approve says true");
        vm.assertEq(token.allowance(alice, bob), 30);
    }

    function test_approve_refusesTheZeroAddress() public {
        _expectError(IERC20Errors.ERC20InvalidSpender.selector, abi.encode(address(0)));
        vm.prank(alice);
        token.approve(address(0), 1);
    }

    function test_transferFrom_usesUpTheAllowance() public {
        vm.prank(alice);
        token.approve(bob, 30);
        _expectBothEvents(bob, alice, carol, 20);
        vm.prank(bob);
        vm.assertTrue(token.transferFrom(alice, carol, 20), "transferFrom says true");
        vm.assertEq(token.allowance(alice, bob), 10);
        vm.assertEq(token.balanceOf(carol), 20);
    }

    function test_transferFrom_keepsAnUnlimitedAllowance() public {
        vm.prank(alice);
        token.approve(bob, type(uint256).max);
        vm.prank(bob);
        token.transferFrom(alice, carol, 20);
        vm.assertEq(token.allowance(alice, bob), type(uint256).max);
    }

    function test_transferFrom_refusesMoreThanTheAllowance() public {
        vm.prank(alice);
        token.approve(bob, 30);
        _expectError(IERC20Errors.ERC20InsufficientAllowance.selector, abi.encode(bob, 30, 31));
        vm.prank(bob);
        token.transferFrom(alice, bob, 31);
    }

    function test_transferFrom_refusesTheIssuer() public {
        _expectError(IERC20Errors.ERC20InsufficientAllowance.selector, abi.encode(address(this), 0, 1));
        token.transferFrom(alice, address(this), 1);
    }

    function test_safeTransferFrom_emitsBothEventsForCredit() public {
        _expectBothEvents(alice, alice, bob, 5);
        vm.prank(alice);
        token.safeTransferFrom(alice, bob, 0, 5, "");
    }

    function test_safeTransferFrom_refusesTheIssuer() public {
        _expectError(IERC1155Errors.ERC1155MissingApprovalForAll.selector, abi.encode(address(this), alice));
        token.safeTransferFrom(alice, address(this), 0, 1, "");
    }

    function test_safeTransferFrom_refusesAContractThatIsNoReceiver() public {
        NoReceiver receiver = new NoReceiver();
        _expectError(IERC1155Errors.ERC1155InvalidReceiver.selector, abi.encode(address(receiver)));
        vm.prank(alice);
        token.safeTransferFrom(alice, address(receiver), 0, 1, "");
    }

    function test_safeTransferFrom_ofAnotherIdMovesNoCredit() public {
        vm.recordLogs();
        vm.prank(alice);
        token.safeTransferFrom(alice, bob, 1, 0, "");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1);
        vm.assertEq(logs[0].topics[0], IERC1155.TransferSingle.selector);
    }

    function test_safeBatchTransferFrom_emitsATransferForEveryEntryOfCredit() public {
        uint256[] memory ids = new uint256[](3);
        uint256[] memory amounts = new uint256[](3);
        (ids[0], ids[1], ids[2]) = (0, 9, 0);
        (amounts[0], amounts[1], amounts[2]) = (5, 0, 6);
        vm.expectEmit(address(token));
        emit IERC1155.TransferBatch(alice, alice, bob, ids, amounts);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(alice, bob, 5);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(alice, bob, 6);
        vm.prank(alice);
        token.safeBatchTransferFrom(alice, bob, ids, amounts, "");
        vm.assertEq(token.balanceOf(bob), 11);
    }

    function testFuzz_transferFrom_conservesTheSupply(uint256 allowed, uint256 amount, bool toSelf) public {
        allowed = _bound(allowed, 0, 200);
        amount = _bound(amount, 0, 200);
        address to = toSelf ? alice : carol;
        vm.prank(alice);
        token.approve(bob, allowed);
        vm.prank(bob);
        try token.transferFrom(alice, to, amount) {
            vm.assertTrue(amount <= allowed && amount <= 100, "moved more than was allowed or there");
        } catch {
            vm.assertTrue(amount > allowed || amount > 100, "refused what was allowed and there");
        }
        vm.assertEq(token.balanceOf(alice) + token.balanceOf(carol), 100);
        vm.assertEq(token.totalSupply(), 100);
    }

    function _expectBothEvents(address operator, address from, address to, uint256 amount) private {
        vm.expectEmit(address(token));
        emit IERC1155.TransferSingle(operator, from, to, 0, amount);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(from, to, amount);
    }
}
